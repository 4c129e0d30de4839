"""OData query options: what a request asks to see, keep, sort and page."""
