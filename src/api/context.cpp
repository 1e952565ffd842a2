// `GET /context.json` (json-ld.md 2). A term is only ever added, and its meaning never changes.
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/ontology.hpp"
#include "api/public_document.hpp"

namespace strongroom::api {
namespace {

/// `NS` stands for the namespace.
constexpr std::string_view kContext = R"json({"@context":{
 "@version":1.1,
 "sr":"NS","dcterms":"http://purl.org/dc/terms/","rdfs":"http://www.w3.org/2000/01/rdf-schema#",
 "xsd":"http://www.w3.org/2001/XMLSchema#",
 "type":"@type","id":"dcterms:identifier",
 "Bag":"sr:Bag","BagInfo":"sr:BagInfo","BagManifest":"sr:BagManifest","File":"sr:File","Space":"sr:Space",
 "Location":"sr:Location","Callback":"sr:Callback","Ingest":"sr:Ingest","IngestEvent":"sr:IngestEvent",
 "ResultList":"sr:ResultList",
 "Error":"sr:Error","Event":"sr:Event","EventList":"sr:EventList","Reindex":"sr:Reindex",
 "AccessToken":"sr:AccessToken",
 "VerificationReport":"sr:VerificationReport","VerificationStage":"sr:VerificationStage","Problem":"sr:Problem",
 "Leftover":"sr:Leftover","CallbackAttempt":"sr:CallbackAttempt",
 "Status":{"@id":"sr:Status","@context":{"@vocab":"NSstatus-","id":{"@id":"sr:code","@type":"@vocab"}}},
 "IngestType":{"@id":"sr:IngestType","@context":{"@vocab":"NSingest-type-","id":{"@id":"sr:code","@type":"@vocab"}}},
 "Provider":{"@id":"sr:Provider","@context":{"@vocab":"NSprovider-","id":{"@id":"sr:code","@type":"@vocab"}}},
 "RegisteredBagNotification":{"@id":"sr:RegisteredBagNotification","@context":{"space":"sr:spaceIdentifier"}},
 "StoredBag":{"@id":"sr:StoredBag","@context":{"space":"sr:spaceIdentifier","ingestType":"sr:ingestTypeIdentifier"}},
 "space":"sr:space","bag":"sr:bag","info":"sr:info","version":"sr:version","latest":"sr:latest",
 "manifest":"sr:manifest","tagManifest":"sr:tagManifest","checksumAlgorithm":"sr:checksumAlgorithm",
 "checksum":"sr:checksum",
 "files":{"@id":"sr:file","@container":"@set"},"name":"sr:name","path":"sr:path","size":"sr:size",
 "location":"sr:location","replicaLocations":{"@id":"sr:replicaLocation","@container":"@set"},
 "provider":"sr:provider","bucket":"sr:bucket",
 "accessTier":{"@id":"sr:accessTier","@type":"@vocab","@context":{"@vocab":"NStier-"}},
 "url":{"@id":"sr:url","@type":"@id"},"next":{"@id":"sr:next","@type":"@id"},"label":"rdfs:label",
 "description":"dcterms:description",
 "externalIdentifier":"sr:externalIdentifier","externalDescription":"sr:externalDescription",
 "internalSenderIdentifier":"sr:internalSenderIdentifier","internalSenderDescription":"sr:internalSenderDescription",
 "sourceOrganisation":"sr:sourceOrganisation","sourceOrganization":"sr:sourceOrganisation",
 "payloadOxum":"sr:payloadOxum","baggingDate":{"@id":"sr:baggingDate","@type":"xsd:date"},
 "createdDate":{"@id":"dcterms:created","@type":"xsd:dateTime"},"lastModifiedDate":{"@id":"dcterms:modified",
 "@type":"xsd:dateTime"},
 "ingestType":"sr:ingestType","status":"sr:status","sourceLocation":"sr:sourceLocation","callback":"sr:callback",
 "retrying":"sr:retrying",
 "events":{"@id":"sr:event","@container":"@list"},"results":{"@id":"sr:result","@container":"@list"},
 "sequence":"sr:sequence","lastSequence":"sr:lastSequence","kind":"sr:kind","time":{"@id":"sr:time",
 "@type":"xsd:dateTime"},"reindex":"sr:reindex","body":"sr:body",
 "requestedDate":{"@id":"sr:requestedDate","@type":"xsd:dateTime"},"bagVersions":"sr:bagVersions",
 "errorType":"sr:errorType","httpStatus":"sr:httpStatus","requestId":"sr:requestId",
 "error":"sr:error","error_description":"dcterms:description","access_token":"sr:accessToken",
 "token_type":"sr:tokenType","expires_in":"sr:expiresIn","scope":"sr:scope",
 "problemCount":"sr:problemCount","warningCount":"sr:warningCount","run":"sr:run","outcome":"sr:outcome",
 "stages":{"@id":"sr:stage","@container":"@set"},"problems":{"@id":"sr:problem","@container":"@set"},
 "warnings":{"@id":"sr:warning","@container":"@set"},
 "leftovers":{"@id":"sr:leftover","@container":"@set"},"callbackAttempts":{"@id":"sr:callbackAttempt",
 "@container":"@set"},
 "startedDate":{"@id":"sr:startedDate","@type":"xsd:dateTime"},"endedDate":{"@id":"sr:endedDate",
 "@type":"xsd:dateTime"},
 "filesChecked":"sr:filesChecked","bytesChecked":"sr:bytesChecked","rule":"sr:rule","other":"sr:other",
 "algorithm":"sr:algorithm","expected":"sr:expected","actual":"sr:actual","line":"sr:line",
 "locationLabel":"sr:locationLabel","prefix":"sr:prefix","fileCount":"sr:fileCount","byteCount":"sr:byteCount",
 "delivery":"sr:delivery","attempt":"sr:attempt","detail":"sr:detail",
 "schema":"sr:schema","ingestId":"sr:ingestId","ingestDate":{"@id":"sr:ingestDate","@type":"xsd:dateTime"},
 "bagItVersion":"sr:bagItVersion",
 "payloadManifests":{"@id":"sr:payloadManifestAlgorithm","@container":"@set"},
 "tagManifests":{"@id":"sr:tagManifestAlgorithm","@container":"@set"},
 "tagFiles":{"@id":"sr:tagFile","@container":"@set"},"checksums":{"@id":"sr:checksums","@type":"@json"},
 "fields":{"@id":"sr:fields","@type":"@json"},
 "locations":{"@id":"sr:storedIn","@container":"@set"},"role":"sr:role","verify":"sr:verifiedBy",
 "verifiedDate":{"@id":"sr:verifiedDate","@type":"xsd:dateTime"},
 "Upload":"sr:Upload","Progress":"sr:Progress","DryRun":"sr:DryRun","dryRun":"sr:dryRun",
 "progress":{"@id":"sr:progress","@container":"@set"},"step":"sr:step","bytesDone":"sr:bytesDone",
 "bytesTotal":"sr:bytesTotal","filesDone":"sr:filesDone","filesTotal":"sr:filesTotal",
 "bytesPerSecond":"sr:bytesPerSecond","secondsLeft":"sr:secondsLeft",
 "value":"sr:value","source":"sr:source","requestedBy":"sr:requestedBy","uuid":"sr:uuid",
 "SearchResult":"sr:SearchResult","matches":{"@id":"sr:match","@container":"@set"},"matchCount":"sr:matchCount",
 "indexedTo":"sr:indexedTo",
 "Restore":"sr:Restore","state":"sr:state","filesAsked":"sr:filesAsked","filesReady":"sr:filesReady",
 "readyBy":{"@id":"sr:readyBy","@type":"xsd:dateTime"},"expires":{"@id":"sr:expires","@type":"xsd:dateTime"},
 "Subscription":"sr:Subscription","DeadLetter":"sr:DeadLetter","kinds":{"@id":"sr:kind","@container":"@set"},
 "spaces":{"@id":"sr:spaceIdentifier","@container":"@set"},"failingSince":{"@id":"sr:failingSince",
 "@type":"xsd:dateTime"},"deadLetterCount":"sr:deadLetterCount",
 "deadLetters":{"@id":"sr:deadLetter","@container":"@set"},
 "ownFileCount":"sr:ownFileCount","ownByteCount":"sr:ownByteCount",
 "Transfer":"sr:Transfer","TransferEvent":"sr:TransferEvent","TransferEventReceipt":{"@id":"sr:TransferEventReceipt",
 "@context":{"accepted":"sr:acceptedCount","known":"sr:knownCount","ignored":"sr:ignoredCount"}},
 "OperatorAlert":"sr:OperatorAlert",
 "area":"sr:area","key":"sr:key","versionId":"sr:versionId","eTag":"sr:eTag","flavour":"sr:flavour","held":"sr:held",
 "delayed":"sr:delay","since":{"@id":"sr:since","@type":"xsd:dateTime"},"cause":"sr:cause",
 "operatorProblem":"sr:operatorProblem","attempts":"sr:attempts",
 "nextAttempt":{"@id":"sr:nextAttempt","@type":"xsd:dateTime"},"reason":"sr:reason","code":"sr:reasonCode",
 "identifiers":"sr:identifiers","catalogueIdentifier":"sr:catalogueIdentifier","accessionNumber":"sr:accessionNumber",
 "event":{"@id":"sr:noticedBy","@context":{"name":"sr:eventName","time":"sr:eventTime",
 "source":"sr:noticedThrough"}},"sequencer":"sr:sequencer","idempotencyKey":"sr:idempotencyKey",
 "archivematica":{"@id":"sr:archivematica","@context":{"status":"sr:archivematicaStatus"}},
 "transferId":"sr:transferId","sipId":"sr:sipId","processingConfig":"sr:processingConfig",
 "microservice":"sr:microservice","checkedDate":{"@id":"sr:checkedDate","@type":"xsd:dateTime"},"note":"sr:note",
 "findings":{"@id":"sr:finding","@container":"@list"},"file":"sr:path",
 "severity":"sr:severity","column":"sr:column",
 "logs":{"@id":"sr:log","@container":"@set"},"result":"sr:logResult",
 "dismissed":"sr:dismissal","by":"sr:dismissedBy","date":{"@id":"sr:dismissedDate","@type":"xsd:dateTime"},
 "malformed":{"@id":"sr:malformedRecord","@container":"@list"},"index":"sr:index",
 "problem":"sr:operatorProblemName","over":"sr:over"}})json";

/// The text without line ends, the namespace put in.
std::string context_document(std::string_view name_space) {
  constexpr std::string_view kMark = "NS";
  std::string document;
  for (std::size_t at = 0; at < kContext.size();) {
    // No term has two capital letters NS in a row, so the mark needs no escape.
    if (kContext.substr(at).starts_with(kMark)) {
      document.append(name_space);
      at += kMark.size();
    } else {
      const bool line_end = kContext.substr(at).starts_with("\n ");
      if (!line_end) document.push_back(kContext[at]);
      at += line_end ? 2 : 1;
    }
  }
  return document;
}

}  // namespace

std::string json_ld_namespace(const ApiConfig& config) {
  return config.json_ld_namespace.empty() ? config.public_base_url + "/ontology.ttl#" : config.json_ld_namespace;
}

HttpResponse get_context(Call& call) {
  return public_document(call, context_document(json_ld_namespace(call.service.config)), kJsonLd);
}

}  // namespace strongroom::api
