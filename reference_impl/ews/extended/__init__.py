"""Extended properties: the MAPI properties of items, by tag or by name ([MS-OXWSXPROP])."""
