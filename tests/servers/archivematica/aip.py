"""The AIP that Archivematica makes of a transfer, and how the identifier of the bag is found."""

import datetime
import pathlib
import sys
import xml.sax.saxutils as saxutils

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "end_to_end"))

from bags import Bag  # noqa: E402

SOFTWARE = "Archivematica test double"
TEST_IDENTIFIERS, TEST_SPACE, ACCESSIONS = "archivematica-dev/TEST", "testing", "-accessions"


def common_prefix(values):
    """The components that all values begin with, joined again; empty when there are none."""
    shared = []
    for components in zip(*(value.split("/") for value in values)):
        if len(set(components)) > 1:
            break
        shared.append(components[0])
    return "/".join(shared)


def place_of(space, identifiers, accessions):
    """The space and the external identifier of an AIP, or None when it has no identifier."""
    identifier = common_prefix(identifiers)
    if not identifier:
        identifier = common_prefix(accessions)
        space = space if space.endswith(ACCESSIONS) else space + ACCESSIONS
    if not identifier:
        return None
    return (TEST_SPACE if identifier.startswith(TEST_IDENTIFIERS) else space), identifier


def lines(*texts):
    return "".join(text + "\n" for text in texts).encode()


def mets(identifiers):
    values = (f"<dc:identifier>{saxutils.escape(one)}</dc:identifier>" for one in identifiers)
    return lines('<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:dc="http://purl.org/dc/elements/1.1/">', *values,
                 "</mets:mets>")


def transfer_mets(accession):
    record = f'<mets:altRecordID TYPE="Accession ID">{saxutils.escape(accession)}</mets:altRecordID>' if accession else ""
    header = [f"<mets:metsHdr>{record}</mets:metsHdr>"] if record else []
    return lines('<mets:mets xmlns:mets="http://www.loc.gov/METS/">', *header, "</mets:mets>")


def payload_of(transfer, identifier):
    """The metadata that came along is kept where Archivematica keeps it."""
    unit = f"{transfer.unit_name()}-{transfer.id}"
    payload = {}
    for member, content in transfer.content.items():
        below = member.removeprefix("metadata/")
        payload[f"data/objects/metadata/transfers/{unit}/{below}" if below != member else f"data/objects/{member}"] = content
    payload[f"data/METS.{identifier}.xml"] = mets(transfer.identifiers)
    payload[f"data/objects/submissionDocumentation/transfer-{unit}/METS.xml"] = transfer_mets(transfer.accession)
    payload[f"data/logs/transfers/{unit}/logs/filenameCleanup.log"] = b""
    return payload


def package(transfer, identifier, external_identifier, manifests):
    """Gzip tar, the bag one directory down; as RFC 002 has it unless told other manifests."""
    name = transfer.unit_name()
    bag = Bag(external_identifier, payload_of(transfer, identifier),
              [("Bag-Software-Agent", SOFTWARE), ("External-Description", name),
               ("Internal-Sender-Identifier", identifier)],
              manifests["payload"], manifests["tag"], date=datetime.date.today().isoformat())
    return bag.package(top=f"./{name}-{identifier}/")
