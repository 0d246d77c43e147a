"""Verifies a bundle with sigstore-python: verify.py BUNDLE TRUSTED-ROOT IDENTITY ISSUER ARTIFACT"""
import hashlib
import json
import sys
from pathlib import Path

from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy

bundle, root, identity, issuer, artifact = sys.argv[1:]
verifier = Verifier(trusted_root=TrustedRoot.from_file(root))
kind, payload = verifier.verify_dsse(
    Bundle.from_json(Path(bundle).read_bytes()), policy.Identity(identity=identity, issuer=issuer)
)
# The library leaves the subject to its caller.
digest = hashlib.sha256(Path(artifact).read_bytes()).hexdigest()
subjects = [one["digest"].get("sha256") for one in json.loads(payload)["subject"]]
if digest not in subjects:
    sys.exit("the artifact is not a subject of the statement")
print(kind)
