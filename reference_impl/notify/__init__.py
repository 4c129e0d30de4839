"""Delivery of events to the listeners of clients."""
