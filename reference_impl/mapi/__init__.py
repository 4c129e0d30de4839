"""MAPI's view of items: the properties by which every protocol can ask for what they have, and their values."""
