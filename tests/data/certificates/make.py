"""Makes the certificates of the tests anew: one authority, one key, and what a server may hold that is right or wrong.

Run by hand, with the package `cryptography`; the keys guard nothing.
"""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HERE = pathlib.Path(__file__).parent
LOCAL = [
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
]


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make(file, subject, names, years, issuer, issuer_key, key, is_authority=False):
    begin, end = (datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc) for year in years)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    form = serialization.Encoding.PEM if file.endswith(".pem") else serialization.Encoding.DER
    (HERE / file).write_bytes(certificate.public_bytes(form))


authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
(HERE / "server-key.der").write_bytes(
    server.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
)
CA = "Easel test authority"
make("authority.pem", CA, [], (2020, 2120), CA, authority, authority, is_authority=True)
make("right.der", "right", LOCAL, (2020, 2120), CA, authority, server)
make("expired.der", "expired", LOCAL, (2020, 2021), CA, authority, server)
make("early.der", "early", LOCAL, (2119, 2120), CA, authority, server)
make("other-name.der", "other name", [x509.DNSName("images.example")], (2020, 2120), CA, authority, server)
make("self-signed.der", "nobody", LOCAL, (2020, 2120), "nobody", server, server)
