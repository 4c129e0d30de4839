"""Exchange Web Services: SOAP envelopes, field tables and one module per operation over the shared service."""
