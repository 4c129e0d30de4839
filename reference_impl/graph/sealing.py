"""Resource data that only the holder of a private key can read (change notifications with resource data).

The data is encrypted with a key of its own (AES-256, CBC, PKCS#7; the first 16 bytes of the key begin the chain) and
signed with it (HMAC-SHA256); the key is encrypted for the certificate (RSA-OAEP with SHA-1).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_BYTES: Final = 32
LEAST_RSA_BITS: Final = 2048
MOST_RSA_BITS: Final = 4096

_BLOCK: Final = 128
_CHAIN: Final = 16


class CertificateUnfit(ValueError):
    """What is no certificate that data can be sealed for."""


@dataclass(frozen=True)
class Recipient:
    """Whom data is sealed for: a certificate of an RSA key in base64 (DER), and what its owner calls it."""

    certificate: str
    certificate_id: str

    def check(self) -> None:
        """Raise CertificateUnfit unless data can be sealed for the certificate."""
        if not LEAST_RSA_BITS <= self._key.key_size <= MOST_RSA_BITS:
            raise CertificateUnfit(f"its key has {self._key.key_size} bits")

    def sealed(self, data: bytes, key: bytes) -> dict[str, str]:
        """An encryptedContent of some data, under a key of 32 bytes that is used for nothing else."""
        padder = PKCS7(_BLOCK).padder()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:_CHAIN])).encryptor()
        hidden = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
        wrapped = self._key.encrypt(
            key,
            padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),  # noqa: S303  as the page has it
        )
        return {
            "data": base64.b64encode(hidden).decode(),
            "dataSignature": base64.b64encode(hmac.digest(key, hidden, sha256)).decode(),
            "dataKey": base64.b64encode(wrapped).decode(),
            "encryptionCertificateId": self.certificate_id,
            "encryptionCertificateThumbprint": self._opened.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303
        }

    @cached_property
    def _opened(self) -> x509.Certificate:
        try:
            return x509.load_der_x509_certificate(base64.b64decode("".join(self.certificate.split()), validate=True))
        except (binascii.Error, ValueError) as problem:
            raise CertificateUnfit(str(problem)) from None

    @cached_property
    def _key(self) -> rsa.RSAPublicKey:
        key = self._opened.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise CertificateUnfit("its key is no RSA key")
        return key
