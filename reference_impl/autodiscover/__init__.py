"""Autodiscover: where the services of a mailbox are, told in three forms ([MS-OXDSCLI], [MS-OXWSADISC])."""
