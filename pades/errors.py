"""Why a document can't be signed so."""


class BrokenDocument(ValueError):
    """The bytes are not a document that can be signed."""


class NotTheirs(ValueError):
    """The field waits for somebody else."""


class AlreadySigned(ValueError):
    """The field is signed."""


class WrongSignature(ValueError):
    """What came back was not made by the key of the certificate, over what was given to sign."""


class InvalidCertificate(ValueError):
    """The certificate has expired, was revoked, or is not ours: nothing is signed with it."""
