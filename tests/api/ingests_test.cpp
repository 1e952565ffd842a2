// Goal: `POST /ingests` and `GET /ingests/{id}` answer every case of cases-storage.md A1 to A12, B1 and B5 with the
// exact status and text. Method: requests into the handler over in-memory ports; tables of bodies that differ in one
// value.
#include <gtest/gtest.h>

#include "api/api_fixture.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

json::object request_body(const std::string& identifier = "x", const std::string& type = "create") {
  return json::object{
      {"ingestType", {{"id", type}}},
      {"space", {{"id", "maps"}}},
      {"bag", {{"info", {{"externalIdentifier", identifier}}}}},
      {"sourceLocation",
       {{"provider", {{"id", "filesystem"}}}, {"bucket", "uploads"}, {"path", identifier + ".tar.gz"}}},
  };
}

/// The object that holds the last name of a path such as `.bag.info`.
std::pair<json::object*, std::string> place_of(json::object& body, std::string_view path) {
  json::object* object = &body;
  path.remove_prefix(1);
  for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    object = &object->at(std::string(path.substr(0, dot))).as_object();
    path.remove_prefix(dot + 1);
  }
  return {object, std::string(path)};
}

void put(json::object& body, std::string_view path, json::value value) {
  const auto [object, name] = place_of(body, path);
  (*object)[name] = std::move(value);
}

void remove(json::object& body, std::string_view path) {
  const auto [object, name] = place_of(body, path);
  object->erase(name);
}

class IngestsTest : public ApiTest {
 protected:
  ApiAnswer post(const std::string& body) { return as_all("POST", "/ingests").json(body).send(); }
  ApiAnswer post(const json::object& body) { return post(json::serialize(body)); }
  /// A usual body with one value changed.
  ApiAnswer post_with(std::string_view path, const std::string& value, const std::string& type = "create") {
    json::object body = request_body("x", type);
    put(body, path, json::value(value));
    return post(body);
  }
  void expect_refused(const json::object& body, const std::string& description) {
    expect_error(post(body), 400, description);
    EXPECT_TRUE(catalogue.ingests.empty());
  }
};

TEST_F(IngestsTest, A1_AFullRequestIsAccepted) {
  const auto answer = post(R"({"type":"Ingest","ingestType":{"id":"create","type":"IngestType"},
    "space":{"id":"maps","type":"Space"},
    "bag":{"type":"Bag","info":{"type":"BagInfo","externalIdentifier":"x"}},
    "sourceLocation":{"type":"Location","provider":{"id":"filesystem","type":"Provider"},"bucket":"uploads",
                      "path":"x.tar.gz"},
    "callback":{"type":"Callback","url":"https://flow.test/cb?k=1","status":{"id":"processing"}}})");
  ASSERT_EQ(answer.status, 201) << answer.text;
  const std::string id = answer.text_at("id").value();
  EXPECT_EQ(answer.header("Location"), kBase + "/ingests/" + id);
  EXPECT_EQ(answer.text.rfind("{\"@context\":\"" + kContextUrl + "\",\"id\":", 0), 0U) << answer.text;
  EXPECT_EQ(answer.text_at("type"), "Ingest");
  EXPECT_EQ(answer.text_at("bag.id"), "maps/x");
  EXPECT_EQ(answer.text_at("bag.info.externalIdentifier"), "x");
  EXPECT_EQ(answer.text_at("bag.version"), std::nullopt);
  EXPECT_EQ(answer.text_at("bag.info.version"), std::nullopt);
  EXPECT_EQ(answer.text_at("status.id"), "accepted");
  EXPECT_EQ(answer.text_at("callback.status.id"), "processing");
  EXPECT_EQ(answer.text_at("callback.url"), "https://flow.test/cb?k=1");
  EXPECT_EQ(answer.text_at("createdDate"), "2024-05-01T09:30:01.540112Z");
  const auto document = answer.json();
  EXPECT_EQ(document.at("events"), json::array());
  EXPECT_FALSE(document.contains("lastModifiedDate"));
  EXPECT_FALSE(document.contains("progress"));

  const auto read = as_all("GET", "/ingests/" + id).send();
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.text_at("id"), id);
  ASSERT_EQ(catalogue.ingests.size(), 1U);
  EXPECT_EQ(catalogue.ingests.begin()->second.request_id.str(), answer.header("X-Request-Id"));
}

TEST_F(IngestsTest, A2_OptionalAndUnknownMembers) {
  json::object body = request_body();
  EXPECT_EQ(post(body).status, 201);
  body["callback"] = nullptr;
  const auto null_callback = post(body);
  EXPECT_EQ(null_callback.status, 201);
  EXPECT_FALSE(null_callback.json().contains("callback"));

  body = request_body();
  for (const char* path : {".odd", ".space.odd", ".ingestType.odd", ".bag.odd", ".bag.info.odd", ".sourceLocation.odd",
                           ".sourceLocation.provider.odd"}) {
    put(body, path, json::array{1, json::object{{"a", nullptr}}});
  }
  put(body, ".space.type", 17);
  EXPECT_EQ(post(body).status, 201);

  body = request_body();
  put(body, ".sourceLocation.provider.id", "aws-s3-ia");
  put(body, ".sourceLocation.bucket", "drop");
  const auto alias = post(body);
  EXPECT_EQ(alias.status, 201) << alias.text;
  EXPECT_EQ(alias.text_at("sourceLocation.provider.id"), "amazon-s3");

  EXPECT_EQ(as_all("POST", "/ingests/").json(json::serialize(request_body())).send().status, 201);
}

TEST_F(IngestsTest, A3_BodiesThatAreNoRequest) {
  expect_error(post("hgjh"), 400, "The request content was malformed:\nexpected a value (line 1, column 1)");
  expect_error(post(""), 400, "Request entity expected but not supplied");
  expect_error(post("{\"space\":1,\n \"space\":2}"), 400,
               "The request content was malformed:\nthe member \"space\" is given twice (line 2, column 2)");
  expect_error(post("[1]"), 400, "Invalid value at .: Got value '[1]' with wrong type, expecting object");
  expect_error(as_all("POST", "/ingests").header("Content-Type", "text/plain; charset=UTF-8").body("{}").send(), 415,
               "The request's Content-Type [text/plain; charset=UTF-8] is not supported. Expected:\napplication/json");
  expect_error(as_all("POST", "/ingests").body("{}").send(), 415,
               "The request's Content-Type [none] is not supported. Expected:\napplication/json");
  EXPECT_TRUE(catalogue.ingests.empty());
  EXPECT_EQ(as_all("POST", "/ingests")
                .header("content-type", "Application/JSON; charset=utf-8")
                .body(json::serialize(request_body()))
                .send()
                .status,
            201);
}

TEST_F(IngestsTest, A3_TooLargeABodyIsRefusedEarly) {
  const std::string large(2 << 20, ' ');
  const std::string text = "The request body is larger than 1048576 bytes";
  const auto announced = post(large);
  expect_error(announced, 413, text);
  EXPECT_TRUE(announced.early);
  const auto chunked = as_all("POST", "/ingests").header("Content-Type", "application/json").chunked(large).send();
  expect_error(chunked, 413, text);
  EXPECT_TRUE(chunked.early);
  EXPECT_TRUE(catalogue.ingests.empty());
}

TEST_F(IngestsTest, A4_EachRequiredMember) {
  for (const std::string path : {".ingestType", ".ingestType.id", ".space", ".space.id", ".bag", ".bag.info",
                                 ".bag.info.externalIdentifier", ".sourceLocation", ".sourceLocation.provider",
                                 ".sourceLocation.provider.id", ".sourceLocation.bucket", ".sourceLocation.path"}) {
    SCOPED_TRACE(path);
    json::object body = request_body();
    remove(body, path);
    expect_refused(body, "Invalid value at " + path + ": Missing required field");
    body = request_body();
    put(body, path, nullptr);
    expect_refused(body, "Invalid value at " + path + ": Missing required field");
  }
  json::object body = request_body();
  remove(body, ".sourceLocation");
  remove(body, ".ingestType");
  expect_refused(body,
                 "Invalid value at .sourceLocation: Missing required field\n"
                 "Invalid value at .ingestType: Missing required field");
  body = request_body();
  body["callback"] = json::object{};
  expect_refused(body, "Invalid value at .callback.url: Missing required field");
}

TEST_F(IngestsTest, A4_WrongTypes) {
  const std::vector<std::tuple<std::string, json::value, std::string>> cases = {
      {".space.id", 123, "Got value '123' with wrong type, expecting string"},
      {".space", "maps", "Got value '\"maps\"' with wrong type, expecting object"},
      {".bag.info", json::array{1}, "Got value '[1]' with wrong type, expecting object"},
      {".bag.version", true, "Got value 'true' with wrong type, expecting string"},
      {".bag.id", json::object{{"a", 1}}, "Got value '{\"a\":1}' with wrong type, expecting string"},
      {".callback", "https://x.test/", "Got value '\"https://x.test/\"' with wrong type, expecting object"},
      {".sourceLocation.path", json::array(60, 1),
       "Got value '[" +
           [] {
             std::string text;
             while (text.size() < 99) text += text.size() % 2 == 0 ? "1" : ",";
             return text;
           }() +
           "' with wrong type, expecting string"},
  };
  for (const auto& [path, value, text] : cases) {
    json::object body = request_body();
    put(body, path, value);
    expect_refused(body, "Invalid value at " + path + ": " + text);
  }
  // The number as it was sent, not as somebody else would write it.
  std::string body = json::serialize(request_body());
  body.replace(body.find("\"maps\""), 6, "1.50e+2");
  expect_error(post(body), 400, "Invalid value at .space.id: Got value '1.50e+2' with wrong type, expecting string");
}

TEST_F(IngestsTest, A5_AllFindingsOfAStageInOrder) {
  json::object body = request_body();
  put(body, ".sourceLocation.provider.id", "floppy");
  body["callback"] = json::object{{"url", "{uri}"}};
  put(body, ".ingestType.id", "repair");
  put(body, ".space.id", "a/b");
  put(body, ".bag.info.externalIdentifier", "-x");
  expect_refused(
      body,
      "Unrecognised value at .sourceLocation.provider.id: got \"floppy\", valid values are: amazon-s3, "
      "azure-blob-storage, filesystem.\n"
      "Invalid value at .callback.url: must be an absolute http or https URL.\n"
      "Invalid value at .ingestType.id: got \"repair\", valid values are: create, update.\n"
      "Invalid value at .space.id: must not contain slashes.\n"
      "Invalid value at .bag.info.externalIdentifier: must begin with a Basic Latin letter or digit, was -x");
  remove(body, ".bag.info");
  expect_refused(body, "Invalid value at .bag.info: Missing required field");
}

TEST_F(IngestsTest, A6_Spaces) {
  for (const char* legal : {"a:b", "\xC3\x86r\xC3\xB8", "born-digital"}) {
    EXPECT_EQ(post_with(".space.id", legal).status, 201) << legal;
  }
  catalogue.ingests.clear();
  const std::string spaces_text = "must not begin or end with a space, or end with a dot.";
  const std::string control_text = "must not contain control characters or backslashes.";
  const std::string own_text = "must not begin with \"_strongroom\".";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "must not be empty."},
      {"a/b", "must not contain slashes."},
      {"..", spaces_text},
      {" a", spaces_text},
      {"a.", spaces_text},
      {"a\\b", control_text},
      {"\t", control_text},
      {"_strongroom2", own_text},
      {"_STRONGROOM", own_text},
      {std::string(129, 'a'), "must not be longer than 128 bytes."},
      {"e\xCC\x81", "must be in Unicode normal form C."},
  };
  for (const auto& [space, text] : cases) {
    json::object body = request_body();
    put(body, ".space.id", json::value(space));
    expect_refused(body, "Invalid value at .space.id: " + text);
  }
}

TEST_F(IngestsTest, A6_ReservedAndAllowedSpaces) {
  json::object body = request_body("archivematica-dev/TEST/1");
  expect_refused(body,
                 "Invalid value at .space.id: must be \"testing\" for identifiers that begin with "
                 "\"archivematica-dev/TEST\".");
  put(body, ".space.id", "testing");
  EXPECT_EQ(post(body).status, 201);
  catalogue.ingests.clear();
  config.allowed_spaces = {"digitised", "maps"};
  start();
  EXPECT_EQ(post_with(".space.id", "maps").status, 201);
  expect_error(post_with(".space.id", "other"), 400, "Invalid value at .space.id: must be one of: digitised, maps.");
}

TEST_F(IngestsTest, A7_Identifiers) {
  for (const char* legal : {"b12345678", "PP MIA 1", "PP/MIA/1", "PP-MIA-1", "PP_MIA_1", "PP.MIA.1", "v1", "versions",
                            "archive", "content", "content/1", "a/versionsx/b", "a/.b/c"}) {
    EXPECT_EQ(post_with(".bag.info.externalIdentifier", legal).status, 201) << legal;
  }
  catalogue.ingests.clear();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"x/versions", "cannot end with /versions"},
      {"x/archive", "cannot end with /archive"},
      {"x/content", "cannot contain /content as a path segment"},
      {"x/content/y", "cannot contain /content as a path segment"},
      {"b1/v1", "cannot end with a version string"},
      {"b1/v0", "cannot end with a version string"},
      {"b1/v2/a", "cannot contain a version string"},
      {"v2/a", "cannot start with a version string"},
      {"/a", "cannot start with a slash"},
      {"a/", "cannot end with a slash"},
      {"a//b", "cannot contain consecutive slashes"},
      {"a  b", "cannot contain consecutive spaces"},
      {"-abc", "must begin with a Basic Latin letter or digit"},
      {"abc_", "must end with a Basic Latin letter or digit"},
      {"PP/MI\xC3\x85/1", "can only contain characters in the class [-_/ .a-zA-Z0-9]"},
      {"m+x", "can only contain characters in the class [-_/ .a-zA-Z0-9]"},
      {"m%20x", "can only contain characters in the class [-_/ .a-zA-Z0-9]"},
      {"a/../b", "cannot contain a path segment that ends in a dot or a space"},
      {"a./b", "cannot contain a path segment that ends in a dot or a space"},
      {"a/v1.json", "cannot contain a path segment like v1.json"},
      {std::string(513, 'a'), "cannot be longer than 512 bytes, or have a path segment longer than 255"},
  };
  for (const auto& [identifier, text] : cases) {
    json::object body = request_body();
    put(body, ".bag.info.externalIdentifier", json::value(identifier));
    expect_refused(body, "Invalid value at .bag.info.externalIdentifier: " + text + ", was " + identifier);
  }
  expect_error(post_with(".bag.info.externalIdentifier", ""), 400,
               "Invalid value at .bag.info.externalIdentifier: must not be empty.");
}

TEST_F(IngestsTest, A8_SourcesThatAreNotConfigured) {
  expect_error(post_with(".sourceLocation.provider.id", "azure-blob-storage"), 400,
               "Forbidden value at .sourceLocation.provider.id: got \"azure-blob-storage\", configured providers are: "
               "amazon-s3, filesystem.");
  json::object body = request_body();
  put(body, ".sourceLocation.provider.id", "amazon-s3");
  put(body, ".sourceLocation.bucket", "attic");
  expect_refused(body,
                 "Forbidden value at .sourceLocation.bucket: got \"attic\", configured amazon-s3 buckets are: drop.");
  config.sources[Provider::amazon_s3] = {"*"};
  start();
  EXPECT_EQ(post(body).status, 201);
  put(body, ".sourceLocation.bucket", "");
  expect_error(post(body), 400, "Invalid value at .sourceLocation.bucket: must not be empty.");
}

TEST_F(IngestsTest, A9_SourcePaths) {
  const std::string odd = R"(must not contain consecutive slashes, "." or ".." components, or end with a slash.)";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a//b", odd},
      {"a/", odd},
      {"a/../b", odd},
      {"./a", odd},
      {"", "must not be empty."},
      {"/etc/passwd", "must be relative to the upload area."},
      {std::string(1025, 'a'), "must be at most 1024 bytes, without control characters."},
  };
  for (const auto& [path, text] : cases) {
    json::object body = request_body();
    put(body, ".sourceLocation.path", json::value(path));
    expect_refused(body, "Invalid value at .sourceLocation.path: " + text);
  }
}

TEST_F(IngestsTest, A10_BagIdAndVersion) {
  expect_error(post_with(".bag.id", "maps/y"), 400, "Invalid value at .bag.id: got \"maps/y\", expected \"maps/x\".");
  EXPECT_EQ(post_with(".bag.id", "maps/x").status, 201);
  for (const std::string text : {"2", "v0", "v01", "v99999999999", ""}) {
    expect_error(post_with(".bag.version", text, "update"), 400,
                 "Invalid value at .bag.version: got \"" + text + "\", must be v followed by a number.");
  }
  expect_error(post_with(".bag.version", "v1"), 400,
               "Invalid value at .bag.version: only an update may name the current version.");
  catalogue.ingests.clear();
  EXPECT_EQ(post_with(".bag.version", "v9", "update").status, 201);
  EXPECT_EQ(catalogue.ingests.begin()->second.request.expected_version, Version(9));
  // The comparison is left out when what it compares with is at fault.
  json::object body = request_body();
  put(body, ".bag.id", "maps/y");
  put(body, ".space.id", "");
  expect_error(post(body), 400, "Invalid value at .space.id: must not be empty.");
}

TEST_F(IngestsTest, A10_VersionsCanBeRequiredOfUpdates) {
  config.require_version = true;
  start();
  expect_refused(request_body("x", "update"),
                 "Invalid value at .bag.id: Missing required field\n"
                 "Invalid value at .bag.version: Missing required field");
  EXPECT_EQ(post(request_body()).status, 201);
}

TEST_F(IngestsTest, A12_TheCatalogueCannotBeReached) {
  catalogue.down = true;
  const auto answer =
      as_all("POST", "/ingests").header("X-Request-Id", "try-1").json(json::serialize(request_body())).send();
  expect_error(answer, 500, "");
  EXPECT_EQ(answer.header("X-Request-Id"), "try-1");
  EXPECT_NE(log.text.find("requestId=try-1 error=the database cannot be reached"), std::string::npos) << log.text;
  catalogue.down = false;
  EXPECT_TRUE(catalogue.ingests.empty());
  catalogue.down = true;
  expect_error(as_all("GET", "/ingests/" + std::string(kUnknownId)).send(), 500, "");
}

TEST_F(IngestsTest, UnknownQueryParametersOfPostAreRefused) {
  const std::string body = json::serialize(request_body());
  expect_error(as_all("POST", "/ingests?dryrun=true").json(body).send(), 400,
               "Invalid value in query parameter dryrun: got \"true\", no such parameter here.");
  expect_error(as_all("POST", "/ingests?a=1&a=2&b").json(body).send(), 400,
               "Invalid value in query parameter a: got \"1\", no such parameter here.\n"
               "Invalid value in query parameter b: got \"\", no such parameter here.");
  EXPECT_TRUE(catalogue.ingests.empty());
  // Syntax comes before values.
  EXPECT_EQ(as_all("POST", "/ingests?dryrun=true").json("{").send().description().rfind("The request content", 0), 0U);
}

TEST_F(IngestsTest, B1_ReadingAnIngest) {
  const std::string id(kUnknownId);
  expect_error(as_all("GET", "/ingests/" + id).send(), 404, "Ingest " + id + " not found");
  expect_error(as_all("GET", "/ingests/not-a-uuid").send(), 404, "Ingest not-a-uuid not found");
  const std::string made = post(request_body()).text_at("id").value();
  expect_error(as_all("GET", "/ingests/" + made + "/").send(), 404, "The requested resource could not be found.");
  std::string upper = made;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto answer = as_all("GET", "/ingests/" + upper).send();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text_at("id"), made);
}

TEST_F(IngestsTest, B5_OthersSeeACallbackUrlMasked) {
  json::object body = request_body();
  body["callback"] = json::object{{"url", "https://u:p@h.test/x?key=s"}};
  const std::string id = post(body).text_at("id").value();
  EXPECT_EQ(as_all("GET", "/ingests/" + id).send().text_at("callback.url"), "https://u:p@h.test/x?key=s");
  const auto masked = as_mapper("GET", "/ingests/" + id).send();
  EXPECT_EQ(masked.text_at("callback.url"), "https://***@h.test/x?***");
  EXPECT_EQ(masked.text.find("key=s"), std::string::npos);
  EXPECT_EQ(log.text.find("key=s"), std::string::npos);
}

TEST_F(IngestsTest, EventsAndProgressAreShown) {
  const auto accepted = post(request_body());
  const std::string id = accepted.text_at("id").value();
  Ingest& ingest = catalogue.ingests.at(id);
  ingest.status = Status::processing;
  ingest.version = Version(2);
  ingest.last_modified = clock.now();
  catalogue.events[id] = {{clock.now(), "Unpacking started"}};
  StepRecord step;
  step.key = {Step::replicate, LocationName::parse("first")};
  step.started = clock.now();
  step.progress = {.bytes_done = 400, .bytes_total = 1000, .files_done = 1, .files_total = 3};
  catalogue.steps[id] = {step};
  clock.pass(std::chrono::seconds(4));
  const auto answer = as_all("GET", "/ingests/" + id).send();
  EXPECT_EQ(answer.text_at("bag.version"), "v2");
  EXPECT_EQ(answer.text_at("bag.info.version"), "v2");
  const auto document = answer.json();
  EXPECT_EQ(json::serialize(document.at("progress")),
            R"([{"type":"Progress","step":"replicating to primary location","bytesDone":400,"bytesTotal":1000,)"
            R"("filesDone":1,"filesTotal":3,"bytesPerSecond":100,"secondsLeft":6}])");
  ASSERT_EQ(document.at("events").as_array().size(), 1U);
  ingest.status = Status::succeeded;
  EXPECT_FALSE(as_all("GET", "/ingests/" + id).send().json().contains("progress"));
}

}  // namespace
}  // namespace strongroom::test
