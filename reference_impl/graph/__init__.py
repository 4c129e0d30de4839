"""The Graph dialect: routes, OData options and field tables over the same mailboxes."""
