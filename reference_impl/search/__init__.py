"""Finding items by words: query strings, as several protocols take them."""
