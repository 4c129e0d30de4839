"""The operations of EWS, one module each: a request element in, the inside of the SOAP Body out."""
