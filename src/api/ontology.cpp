// `GET /ontology.ttl` (json-ld.md 3): what every term of the context means, as Turtle. Terms are only ever added.
#include "api/ontology.hpp"

#include <array>

#include "api/endpoints.hpp"
#include "api/public_document.hpp"

namespace strongroom::api {
namespace {

struct Class {
  std::string_view name;
  std::string_view comment;
  std::string_view above = {};  ///< the class it is a sub-class of; `premis:` is the PREMIS 3 ontology
};

constexpr std::array kClasses = {
    Class{"Bag", "One version of a stored bag: what is in it and where it is kept.", "premis:Representation"},
    Class{"StoredBag", "A bag version as the stored description in a location tells it.", "sr:Bag"},
    Class{"BagInfo", "Metadata from bag-info.txt."},
    Class{"BagManifest", "A manifest of one algorithm: files with their checksums."},
    Class{"File", "One file of a version with its physical path.", "premis:File"},
    Class{"Space", "A grouping of bags."},
    Class{"Location", "Where bytes are kept, or come from.", "premis:StorageLocation"},
    Class{"Provider", "A kind of storage."},
    Class{"Ingest", "A request to store a package, with its history."},
    Class{"IngestType", "Whether a bag is new or gets another version."},
    Class{"Status", "How far an ingest, a callback or a transfer has come."},
    Class{"IngestEvent", "Something that happened to an ingest.", "premis:Event"},
    Class{"Callback", "A notification that was asked for."},
    Class{"CallbackAttempt", "One attempt to deliver a callback."},
    Class{"Progress", "How far a running step has come."},
    Class{"DryRun", "A request that is tried and stores nothing."},
    Class{"Upload", "A package that was uploaded over HTTP."},
    Class{"VerificationReport", "Everything that checking an ingest has found."},
    Class{"VerificationStage", "What one step of one run has found."},
    Class{"Problem", "One thing that checking has found."},
    Class{"Leftover", "Content of a failed ingest that stayed behind in a location."},
    Class{"Event", "An entry of the outgoing event log."},
    Class{"EventList", "A part of the event log."},
    Class{"RegisteredBagNotification", "A bag version was registered."},
    Class{"Reindex", "A request to tell of stored versions again."},
    Class{"SearchResult", "A stored version that a search has found."},
    Class{"Restore", "A request to make a version readable where it is in an archive tier, and how far it has come."},
    Class{"Subscription", "Somebody who is told of events by POST, and how far that has come."},
    Class{"DeadLetter", "An event that could not be delivered to a subscription."},
    Class{"Transfer", "A package of an archivist on its way through Archivematica into a bag."},
    Class{"TransferEvent", "Something that happened to a package.", "premis:Event"},
    Class{"TransferEventReceipt", "What became of a notification about packages."},
    Class{"OperatorAlert", "A problem that operators have to put right, or that it is over."},
    Class{"ResultList", "One page of a list."},
    Class{"Error", "Why a request was not answered as asked."},
    Class{"AccessToken", "The right to use the API for a while."},
    Class{"StatusCode", "The closed list of states."},
    Class{"IngestTypeCode", "The closed list of ingest types."},
    Class{"ProviderCode", "The closed list of providers."},
    Class{"AccessTier", "How soon stored bytes can be read."},
};

/// Ranges of `sr:` make an object property, all others a datatype property.
struct Property {
  std::string_view name;
  std::string_view domain;  ///< empty: several
  std::string_view range;
  std::string_view comment;
  std::string_view above = {};  ///< the property it is a sub-property of
};

constexpr std::array kProperties = {
    Property{"code", "", "rdfs:Resource", "The id as an individual of its closed list."},
    Property{"space", "", "sr:Space", "The space a bag belongs to."},
    Property{"spaceIdentifier", "", "xsd:string", "The id of the space, as plain text."},
    Property{"bag", "Ingest", "sr:Bag", "The bag an ingest is for."},
    Property{"info", "Bag", "sr:BagInfo", "Metadata of the bag."},
    Property{"manifest", "Bag", "sr:BagManifest", "The payload files with their checksums."},
    Property{"tagManifest", "Bag", "sr:BagManifest", "The tag files with their checksums."},
    Property{"status", "", "sr:Status", "How far it has come."},
    Property{"ingestType", "Ingest", "sr:IngestType", "Whether the bag is new or gets another version."},
    Property{"ingestTypeIdentifier", "StoredBag", "xsd:string", "The id of the ingest type, as plain text."},
    Property{"callback", "Ingest", "sr:Callback", "The notification that was asked for."},
    Property{"provider", "Location", "sr:Provider", "The kind of storage."},
    Property{"location", "Bag", "sr:Location", "The primary location."},
    Property{"replicaLocation", "Bag", "sr:Location", "A location that holds a further copy."},
    Property{"sourceLocation", "", "sr:Location", "Where the package comes from."},
    Property{"storedIn", "StoredBag", "sr:Location", "A location the version was verified in when it was registered.",
             "premis:storedAt"},
    Property{"file", "BagManifest", "sr:File", "A member of a manifest."},
    Property{"tagFile", "StoredBag", "sr:File", "A tag file of the version."},
    Property{"version", "", "xsd:string", "vN; not a number."},
    Property{"latest", "Bag", "xsd:boolean", "True only on the newest version of a bag."},
    Property{"checksumAlgorithm", "", "xsd:string", "Name of the digest algorithm, as in a manifest's file name."},
    Property{"checksum", "", "xsd:string", "Lower-case hex digest."},
    Property{"checksums", "File", "rdf:JSON", "Digests by algorithm."},
    Property{"name", "", "xsd:string", "Path of a file inside the bag; in a stage, the step's name."},
    Property{"path", "", "xsd:string",
             "Of a file, its physical path below the bag's prefix, beginning vK/; of a location, the prefix of all "
             "versions, or the package's path; of a problem, the file it is about."},
    Property{"size", "", "xsd:integer", "Length in bytes."},
    Property{"bucket", "", "xsd:string", "Bucket, container, upload area or name of the location."},
    Property{"accessTier", "Location", "sr:AccessTier", "How soon the bytes can be read."},
    Property{"url", "", "rdfs:Resource", "Web address, or address of the stored bytes."},
    Property{"next", "", "rdfs:Resource", "Where the list goes on."},
    Property{"externalIdentifier", "", "xsd:string", "The depositor's identifier of the bag."},
    Property{"externalDescription", "BagInfo", "xsd:string", "What the bag holds, in the depositor's words."},
    Property{"internalSenderIdentifier", "BagInfo", "xsd:string", "The sender's own identifier."},
    Property{"internalSenderDescription", "BagInfo", "xsd:string", "The sender's own description."},
    Property{"sourceOrganisation", "BagInfo", "xsd:string", "Who sent the bag."},
    Property{"payloadOxum", "BagInfo", "xsd:string", "Octets, dot, number of payload files; a text on purpose."},
    Property{"baggingDate", "BagInfo", "xsd:date", "When the bag was made."},
    Property{"retrying", "Ingest", "xsd:boolean", "A retry of the failed ingest is running."},
    Property{"event", "", "rdf:List", "Events of an ingest, in order."},
    Property{"result", "", "rdf:List", "Results of a list, in order."},
    Property{"sequence", "Event", "xsd:integer", "Place in the event log; rises in commit order, with gaps."},
    Property{"lastSequence", "EventList", "xsd:integer", "The highest sequence that was looked at."},
    Property{"kind", "", "xsd:string", "What kind of event or problem it is."},
    Property{"time", "Event", "xsd:dateTime", "When the event became true."},
    Property{"reindex", "Event", "xsd:boolean", "The event repeats an earlier registration on request."},
    Property{"body", "Event", "rdfs:Resource", "What the event tells."},
    Property{"match", "SearchResult", "sr:File", "A file that the search has found in the version."},
    Property{"matchCount", "SearchResult", "xsd:integer", "How many files of the version match."},
    Property{"indexedTo", "ResultList", "xsd:integer", "The sequence up to which events are in the search index."},
    Property{"failingSince", "Subscription", "xsd:dateTime", "Since when no delivery has succeeded."},
    Property{"deadLetter", "Subscription", "sr:DeadLetter", "An event that was given up."},
    Property{"deadLetterCount", "Subscription", "xsd:integer", "How many events were given up."},
    Property{"state", "Restore", "xsd:string", "How far it has come: asking, waiting, ready, ended."},
    Property{"filesAsked", "Restore", "xsd:integer", "For how many files the provider was asked."},
    Property{"filesReady", "Restore", "xsd:integer", "How many files can be read, counted from the first."},
    Property{"readyBy", "Restore", "xsd:dateTime", "When the provider should be done, as a rule."},
    Property{"expires", "Restore", "xsd:dateTime", "Until when the files can be read."},
    Property{"requestedDate", "Reindex", "xsd:dateTime", "When it was asked for."},
    Property{"bagVersions", "Reindex", "xsd:integer", "Number of versions that are told again."},
    Property{"errorType", "Error", "xsd:string", "Always http."},
    Property{"httpStatus", "", "xsd:integer", "Status of an answer."},
    Property{"requestId", "", "xsd:string", "Id of the request, as the log has it."},
    Property{"error", "Error", "xsd:string", "Code of an OAuth error."},
    Property{"accessToken", "AccessToken", "xsd:string", "The token."},
    Property{"tokenType", "AccessToken", "xsd:string", "Always Bearer."},
    Property{"expiresIn", "AccessToken", "xsd:integer", "Life in seconds."},
    Property{"scope", "AccessToken", "xsd:string", "What the token may do, separated by spaces."},
    Property{"problemCount", "VerificationReport", "xsd:integer", "Number of problems in all stages."},
    Property{"warningCount", "VerificationReport", "xsd:integer", "Number of warnings in all stages."},
    Property{"dryRun", "VerificationReport", "xsd:boolean", "True where an ingest was tried only; nothing was stored."},
    Property{"run", "VerificationStage", "xsd:integer", "Which run of the ingest; the first is 1."},
    Property{"outcome", "", "xsd:string", "What came of it."},
    Property{"stage", "VerificationReport", "sr:VerificationStage", "A step of a run."},
    Property{"problem", "VerificationStage", "sr:Problem", "What makes the bag unacceptable."},
    Property{"warning", "VerificationStage", "sr:Problem", "What is odd, and accepted."},
    Property{"leftover", "VerificationReport", "sr:Leftover", "What stayed behind."},
    Property{"callbackAttempt", "VerificationReport", "sr:CallbackAttempt", "An attempt to deliver the callback."},
    Property{"startedDate", "VerificationStage", "xsd:dateTime", "When the step began."},
    Property{"endedDate", "VerificationStage", "xsd:dateTime", "When the step ended."},
    Property{"filesChecked", "VerificationStage", "xsd:integer", "Number of files checked."},
    Property{"bytesChecked", "VerificationStage", "xsd:integer", "Bytes checked."},
    Property{"rule", "Problem", "xsd:string", "Number of the rule that is broken."},
    Property{"other", "Problem", "xsd:string", "A second name, for collisions."},
    Property{"algorithm", "Problem", "xsd:string", "Digest algorithm."},
    Property{"expected", "Problem", "xsd:string", "What should be there."},
    Property{"actual", "Problem", "xsd:string", "What is there."},
    Property{"line", "", "xsd:integer", "Line of a file, from 1."},
    Property{"locationLabel", "", "xsd:string", "The location's label."},
    Property{"prefix", "", "xsd:string", "What keys in the location begin with."},
    Property{"fileCount", "", "xsd:integer", "Number of files."},
    Property{"byteCount", "", "xsd:integer", "Sum of the files' lengths."},
    Property{"delivery", "CallbackAttempt", "xsd:string", "Id of the delivery, the same over all its attempts."},
    Property{"attempt", "CallbackAttempt", "xsd:integer", "Number of the attempt, from 1."},
    Property{"detail", "CallbackAttempt", "xsd:string", "Why there was no answer."},
    Property{"schema", "StoredBag", "xsd:integer", "Version of the description's layout."},
    Property{"ingestId", "StoredBag", "xsd:string", "Id of the ingest that stored the version."},
    Property{"ingestDate", "StoredBag", "xsd:dateTime", "When that ingest was asked for."},
    Property{"bagItVersion", "StoredBag", "xsd:string", "BagIt version of the bag's declaration."},
    Property{"payloadManifestAlgorithm", "StoredBag", "xsd:string", "An algorithm of the payload manifests."},
    Property{"tagManifestAlgorithm", "StoredBag", "xsd:string", "An algorithm of the tag manifests."},
    Property{"fields", "BagInfo", "rdf:JSON", "Every field of bag-info.txt, in order."},
    Property{"role", "Location", "xsd:string", "primary or replica."},
    Property{"verifiedBy", "Location", "xsd:string", "How the copy was verified."},
    Property{"verifiedDate", "Location", "xsd:dateTime", "When the copy was verified."},
    Property{"progress", "Ingest", "sr:Progress", "How far a running step has come."},
    Property{"step", "Progress", "xsd:string", "Name of the step."},
    Property{"bytesDone", "Progress", "xsd:integer", "Bytes worked on so far."},
    Property{"bytesTotal", "Progress", "xsd:integer", "Bytes in all, when known."},
    Property{"filesDone", "Progress", "xsd:integer", "Files worked on so far."},
    Property{"filesTotal", "Progress", "xsd:integer", "Files in all, when known."},
    Property{"bytesPerSecond", "Progress", "xsd:integer", "Mean rate since the step began."},
    Property{"secondsLeft", "Progress", "xsd:integer", "Time left at that rate."},
    Property{"value", "", "xsd:string", "Value of a field."},
    Property{"source", "StoredBag", "sr:Location", "Where the package came from."},
    Property{"requestedBy", "StoredBag", "xsd:string", "The client that asked for it."},
    Property{"uuid", "Location", "xsd:string", "What proves that a location is itself."},
    Property{"ownFileCount", "StoredBag", "xsd:integer", "Number of files physically in this version."},
    Property{"ownByteCount", "StoredBag", "xsd:integer", "Sum of their lengths."},
    Property{"area", "Transfer", "xsd:string", "The transfer area that the package lies in."},
    Property{"key", "", "xsd:string", "Path of an object inside its bucket or area."},
    Property{"versionId", "", "xsd:string", "The object's version, where its store keeps versions."},
    Property{"eTag", "Transfer", "xsd:string", "What tells the object from another one under its key."},
    Property{"flavour", "Transfer", "xsd:string", "What the package is identified by: catalogued or accession."},
    Property{"held", "Transfer", "xsd:boolean", "True while the package waits for an operator."},
    Property{"delay", "Transfer", "rdfs:Resource", "Why the package waits, and until when."},
    Property{"since", "", "xsd:dateTime", "Since when it waits."},
    Property{"cause", "", "xsd:string", "Why it waits."},
    Property{"operatorProblem", "", "xsd:boolean", "Whether operators have to put it right."},
    Property{"attempts", "", "xsd:integer", "How often it was tried."},
    Property{"nextAttempt", "", "xsd:dateTime", "When it is tried next."},
    Property{"reason", "", "rdfs:Resource", "Why a package failed, or was taken out of the reports."},
    Property{"reasonCode", "", "xsd:string", "Stable code of a reason or of a finding."},
    Property{"identifiers", "Transfer", "rdfs:Resource", "What the package says it is."},
    Property{"catalogueIdentifier", "", "xsd:string", "Reference of the catalogue."},
    Property{"accessionNumber", "", "xsd:string", "Number of the accession."},
    Property{"noticedBy", "Transfer", "rdfs:Resource", "The event by which the package was noticed."},
    Property{"eventName", "", "xsd:string", "Name of that event."},
    Property{"eventTime", "", "xsd:string", "Time of that event, verbatim."},
    Property{"noticedThrough", "", "xsd:string", "The way on which it was told."},
    Property{"sequencer", "", "xsd:string", "What tells that event from others of the key."},
    Property{"idempotencyKey", "Transfer", "xsd:string", "The key under which Archivematica takes the package once."},
    Property{"archivematica", "Transfer", "rdfs:Resource", "What Archivematica has told of it."},
    Property{"archivematicaStatus", "", "xsd:string", "The status there, in the words of Archivematica."},
    Property{"transferId", "", "xsd:string", "Id of the transfer in Archivematica."},
    Property{"sipId", "", "xsd:string", "Id of the submission package in Archivematica."},
    Property{"processingConfig", "", "xsd:string", "Processing configuration in Archivematica."},
    Property{"microservice", "", "xsd:string", "Where Archivematica is with it."},
    Property{"checkedDate", "", "xsd:dateTime", "When Archivematica was asked last."},
    Property{"note", "", "xsd:string", "What is unexpected about a bag."},
    Property{"finding", "Transfer", "rdf:List", "What checking the package has found, in order."},
    Property{"severity", "", "xsd:string", "problem or warning."},
    Property{"column", "", "xsd:string", "Heading of a column."},
    Property{"log", "Transfer", "rdfs:Resource", "A log that was written for the archivist."},
    Property{"logResult", "", "xsd:string", "What the log tells: received, delayed, failed, success."},
    Property{"dismissal", "Transfer", "rdfs:Resource", "Who took the package out of the reports, and why."},
    Property{"dismissedBy", "", "xsd:string", "Who did."},
    Property{"dismissedDate", "", "xsd:dateTime", "When it was done."},
    Property{"acceptedCount", "TransferEventReceipt", "xsd:integer", "How many new packages there were."},
    Property{"knownCount", "TransferEventReceipt", "xsd:integer", "How many packages were known before."},
    Property{"ignoredCount", "TransferEventReceipt", "xsd:integer", "How many records were about something else."},
    Property{"malformedRecord", "TransferEventReceipt", "rdf:List", "Records that could not be read."},
    Property{"index", "", "xsd:integer", "Place of a record in its notification, from 0."},
    Property{"operatorProblemName", "OperatorAlert", "xsd:string", "Name of the problem, the same while it lasts."},
    Property{"over", "OperatorAlert", "xsd:boolean", "True when the problem is over."},
};

struct Individual {
  std::string_view name;
  std::string_view of;
  std::string_view label;
};

constexpr std::array kIndividuals = {
    Individual{"status-accepted", "StatusCode", "accepted"},
    Individual{"status-processing", "StatusCode", "processing"},
    Individual{"status-succeeded", "StatusCode", "succeeded"},
    Individual{"status-failed", "StatusCode", "failed"},
    Individual{"status-received", "StatusCode", "received"},
    Individual{"status-checking", "StatusCode", "checking"},
    Individual{"status-rejected", "StatusCode", "rejected"},
    Individual{"status-submitting", "StatusCode", "submitting"},
    Individual{"status-stored", "StatusCode", "stored"},
    Individual{"ingest-type-create", "IngestTypeCode", "create"},
    Individual{"ingest-type-update", "IngestTypeCode", "update"},
    Individual{"provider-amazon-s3", "ProviderCode", "Amazon S3"},
    Individual{"provider-azure-blob-storage", "ProviderCode", "Azure Blob Storage"},
    Individual{"provider-filesystem", "ProviderCode", "File system"},
    Individual{"tier-hot", "AccessTier", "hot"},
    Individual{"tier-cool", "AccessTier", "cool"},
    Individual{"tier-cold", "AccessTier", "cold"},
    Individual{"tier-archive", "AccessTier", "archive"},
};

/// No text here has a quote or a backslash.
std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\"@en"; }

class Turtle {
 public:
  Turtle(std::string_view name_space, std::string_view document) : document_(document) {
    text_ = "@prefix sr: <" + std::string(name_space) + "> .\n";
    text_ +=
        "@prefix premis: <http://www.loc.gov/premis/rdf/v3/> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n";
    text_ += "<" + document_ + "> a owl:Ontology ; rdfs:label \"Strongroom storage ontology\"@en .\n";
  }

  void add(const Class& one) {
    begin(one.name, "owl:Class", one.name, one.comment);
    if (!one.above.empty()) text_ += " ; rdfs:subClassOf " + std::string(one.above);
    end();
  }
  void add(const Property& one) {
    begin(one.name, one.range.starts_with("sr:") ? "owl:ObjectProperty" : kind_of(one.range), one.name, one.comment);
    if (!one.domain.empty()) text_ += " ; rdfs:domain sr:" + std::string(one.domain);
    text_ += " ; rdfs:range " + std::string(one.range);
    if (!one.above.empty()) text_ += " ; rdfs:subPropertyOf " + std::string(one.above);
    end();
  }
  void add(const Individual& one) {
    begin(one.name, "sr:" + std::string(one.of), one.label, {});
    end();
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  static std::string_view kind_of(std::string_view range) {
    return range.starts_with("xsd:") || range == "rdf:JSON" ? "owl:DatatypeProperty" : "owl:ObjectProperty";
  }
  void begin(std::string_view name, std::string_view kind, std::string_view label, std::string_view comment) {
    text_ += "sr:" + std::string(name) + " a " + std::string(kind) + " ; rdfs:label " + quoted(label);
    if (!comment.empty()) text_ += " ; rdfs:comment " + quoted(comment);
  }
  void end() { text_ += " ; rdfs:isDefinedBy <" + document_ + "> .\n"; }

  std::string document_;
  std::string text_;
};

}  // namespace

std::string ontology(std::string_view name_space, std::string_view document) {
  Turtle turtle(name_space, document);
  for (const Class& one : kClasses) turtle.add(one);
  for (const Property& one : kProperties) turtle.add(one);
  for (const Individual& one : kIndividuals) turtle.add(one);
  return turtle.take();
}

HttpResponse get_ontology(Call& call) {
  const ApiConfig& config = call.service.config;
  const std::string document = config.public_base_url + "/ontology.ttl";
  return public_document(call, ontology(json_ld_namespace(config), document), "text/turtle; charset=utf-8");
}

}  // namespace strongroom::api
