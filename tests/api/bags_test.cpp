// Goal: the bag document has exactly the members of http-api.md 5.1, is found under every legal spelling of its path,
// and never looks whole when its description is damaged (cases-storage.md D1 to D5). Method: descriptions written by
// the real writer into in-memory stores, requests into the handler.
#include <gtest/gtest.h>

#include "api/api_fixture.hpp"
#include "domain/layout.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

class BagsTest : public ApiTest {
 protected:
  ApiAnswer get(const std::string& path) { return as_all("GET", "/bags/" + path).send(); }
  static std::string version_of(const ApiAnswer& answer) {
    return answer.status == 200 ? answer.text_at("version").value_or("none") : std::to_string(answer.status);
  }
};

TEST_F(BagsTest, D1_TheWholeDocument) {
  StoredBag bag;
  bag.info.fields = {{"External-Identifier", "x"},
                     {"External-Description", "Chart of the \"northern\" approaches"},
                     {"internal-sender-identifier", "88412"},
                     {"Internal-Sender-Description", "A chart"},
                     {"Source-Organization", "Harbour Map Room"},
                     {"Payload-Oxum", "6.1"},
                     {"Bagging-Date", "2024-05-01"},
                     {"Contact-Name", "Nobody"}};
  bag.tag_manifests = {Algorithm::md5};
  bag.files = {described("data/a.txt", 1, 6, {})};
  bag.tag_files = {described("bagit.txt", 2, 55, {Algorithm::md5}),
                   described("tagmanifest-md5.txt", 2, 189, {Algorithm::md5})};
  store("x", 2, bag);
  clock.pass(std::chrono::minutes(1));
  const auto answer = get("maps/x");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-cache");
  const std::string sha256 = digest_of(Algorithm::sha256, "data/a.txt").hex();
  const auto md5 = [](std::string_view name) { return digest_of(Algorithm::md5, name).hex(); };
  const std::string expected =
      R"({"@context":"http://sr.test/storage/v1/context.json","type":"Bag","id":"maps/x",)"
      R"("space":{"id":"maps","type":"Space"},)"
      R"("info":{"type":"BagInfo","externalIdentifier":"x",)"
      R"("externalDescription":"Chart of the \"northern\" approaches","internalSenderIdentifier":"88412",)"
      R"("internalSenderDescription":"A chart","sourceOrganisation":"Harbour Map Room",)"
      R"("sourceOrganization":"Harbour Map Room","payloadOxum":"6.1","baggingDate":"2024-05-01"},)"
      R"("manifest":{"type":"BagManifest","checksumAlgorithm":"sha256","files":[)"
      R"({"type":"File","name":"data/a.txt","path":"v1/data/a.txt","size":6,"checksum":")" +
      sha256 +
      R"("}]},"tagManifest":{"type":"BagManifest","checksumAlgorithm":"md5","files":[)"
      R"({"type":"File","name":"bagit.txt","path":"v2/bagit.txt","size":55,"checksum":")" +
      md5("bagit.txt") +
      R"("},{"type":"File","name":"tagmanifest-md5.txt","path":"v2/tagmanifest-md5.txt","size":189,"checksum":")" +
      md5("tagmanifest-md5.txt") +
      R"("}]},"location":{"type":"Location","provider":{"id":"amazon-s3","type":"Provider","label":"Amazon S3"},)"
      R"("bucket":"primary","path":"maps/x","url":"https://primary.example.org/maps/x","accessTier":"hot"},)"
      R"("replicaLocations":[{"type":"Location","provider":{"id":"filesystem","type":"Provider","label":"File system"},)"
      R"("bucket":"vault","path":"maps/x","url":"file:///srv/vault/maps/x","accessTier":"hot"},)"
      R"({"type":"Location","provider":{"id":"azure-blob-storage","type":"Provider","label":"Azure Blob Storage"},)"
      R"("bucket":"away","path":"maps/x","url":"https://away.example.org/away/maps/x","accessTier":"archive"}],)"
      R"("createdDate":"2024-05-01T09:30:01.540112Z","version":"v2"})";
  EXPECT_EQ(answer.text, expected);
}

TEST_F(BagsTest, D1_OptionalMembersAreAbsent) {
  StoredBag bag;
  bag.info.fields = {{"Payload-Oxum", "40960.10"}, {"Bagging-Date", "2024-05-01"}};
  store("x", 1, bag);
  const auto answer = get("maps/x");
  EXPECT_EQ(json::serialize(answer.json().at("info")),
            R"({"type":"BagInfo","externalIdentifier":"x","payloadOxum":"40960.10","baggingDate":"2024-05-01"})");
  EXPECT_EQ(answer.text.find("null"), std::string::npos);
}

TEST_F(BagsTest, D1_TheAlgorithmsShown) {
  const AlgorithmSet all = {Algorithm::md5, Algorithm::sha1, Algorithm::sha512, Algorithm::sha3_512};
  StoredBag bag;
  bag.files = {described("data/a.txt", 1, 6, all)};
  bag.tag_files = {described("bagit.txt", 1, 55, all), described("tagmanifest-sha1.txt", 1, 9, {})};
  bag.payload_manifests = {Algorithm::md5, Algorithm::sha256, Algorithm::sha512};
  bag.tag_manifests = {Algorithm::md5, Algorithm::sha1, Algorithm::sha3_512};
  store("x", 1, bag);
  const auto answer = get("maps/x");
  EXPECT_EQ(answer.text_at("manifest.checksumAlgorithm"), "sha512");
  EXPECT_EQ(answer.text_at("tagManifest.checksumAlgorithm"), "sha3512");
  // A tag manifest whose digest in that algorithm nobody has taken has none, rather than one of another algorithm.
  const auto files = answer.json().at("tagManifest").at("files").as_array();
  EXPECT_EQ(files.at(0).at("checksum").as_string(), digest_of(Algorithm::sha3_512, "bagit.txt").hex());
  EXPECT_FALSE(files.at(1).as_object().contains("checksum"));
}

TEST_F(BagsTest, D1_LocationsAreThoseOfTheVersion) {
  config.locations[1].prefix = "bags/";
  start();
  store("PP MIA", 1);
  auto& uuids = catalogue.versions["maps/PP MIA"][0].registration->location_uuids;
  uuids = {"uuid-first"};
  auto answer = get("maps/PP%20MIA");
  EXPECT_EQ(answer.text_at("location.path"), "bags/maps/PP MIA");
  EXPECT_EQ(answer.text_at("location.url"), "https://primary.example.org/bags/maps/PP%20MIA");
  EXPECT_EQ(answer.json().at("replicaLocations"), json::array());
  // A location that is no longer configured: what the description still knows of it.
  uuids = {"uuid-first", "uuid-third"};
  config.locations.pop_back();
  stores.pop_back();
  start();
  answer = get("maps/PP%20MIA");
  const auto replicas = answer.json().at("replicaLocations").as_array();
  ASSERT_EQ(replicas.size(), 1U);
  EXPECT_EQ(json::serialize(replicas[0]),
            R"({"type":"Location","provider":{"id":"azure-blob-storage","type":"Provider",)"
            R"("label":"Azure Blob Storage"},"bucket":"away","path":"maps/PP MIA"})");
}

TEST_F(BagsTest, D2_Versions) {
  for (int number : {1, 2, 3}) store("x", number);
  EXPECT_EQ(version_of(get("maps/x")), "v3");
  EXPECT_EQ(version_of(get("maps/x?version=")), "v3");
  EXPECT_EQ(version_of(get("maps/x?version=v1&odd=1&odd=2")), "v1");
  for (const std::string text : {"v9", "abc", "v0", "v01", "v99999999999"}) {
    expect_error(get("maps/x?version=" + text), 404, "Storage manifest maps/x " + text + " not found");
  }
  expect_error(get("maps/y"), 404, "Storage manifest maps/y not found");
  expect_error(get("maps/y?version=v1"), 404, "Storage manifest maps/y v1 not found");
  expect_error(get("maps/-y"), 404, "Storage manifest maps/-y not found");
  expect_error(get("maps/%2Dy%20?version=v1"), 404, "Storage manifest maps/%2Dy%20 v1 not found");
  expect_error(get("a%5Cb/x"), 404, "Storage manifest a%5Cb/x not found");
  expect_error(get("maps/x?version=v1&version=v2"), 400,
               "Invalid value in query parameter version: got \"v2\", must be given only once.");
  catalogue.versions["maps/x"].push_back(catalogue.versions["maps/x"].back());
  catalogue.versions["maps/x"].back().version = Version(4);
  catalogue.versions["maps/x"].back().state = VersionState::reserved;
  EXPECT_EQ(version_of(get("maps/x")), "v3");
  expect_error(get("maps/x?version=v4"), 404, "Storage manifest maps/x v4 not found");
}

TEST_F(BagsTest, D3_SpellingsOfOnePath) {
  store("PP/MIA 1", 1);
  for (const std::string path : {"PP/MIA%201", "PP%2FMIA%201", "PP%2fMIA%201", "PP/MIA+1", "PP/M%49A+1"}) {
    EXPECT_EQ(version_of(get("maps/" + path + "?version=v1")), "v1") << path;
  }
  expect_error(get("ma%2Fps/PP/MIA%201"), 404, "The requested resource could not be found.");
  expect_error(get("maps/PP%252FMIA%201"), 404, "Storage manifest maps/PP%252FMIA%201 not found");
}

TEST_F(BagsTest, D4_IdentifiersThatLookLikeRoutes) {
  for (const std::string identifier : {"content", "content/x", "versions", "archive", "restore", "archive/2"}) {
    store(identifier, 1);
    const auto answer = get("maps/" + identifier);
    EXPECT_EQ(answer.status, 200) << identifier;
    EXPECT_EQ(answer.text_at("id"), "maps/" + identifier);
  }
  expect_error(get("maps/b/content"), 404, "Storage manifest maps/b/content not found");
}

TEST_F(BagsTest, D5_Revalidation) {
  for (int number : {1, 2, 3}) store("x", number);
  EXPECT_EQ(get("maps/x").header("ETag"), "\"maps/x/v3\"");
  EXPECT_EQ(get("maps/x?version=v2").header("ETag"), "\"maps/x/v2\"");
  const std::vector<std::pair<std::string, int>> cases = {
      {"\"maps/x/v3\"", 304},
      {"W/\"maps/x/v3\"", 304},
      {"\"a,b\", W/\"maps/x/v3\" , \"c\"", 304},
      {"*", 304},
      {"\"maps/x/v2\"", 200},
      {"maps/x/v3", 200},
      {"\"\"", 200},
      {"", 200},
  };
  for (const auto& [tag, status] : cases) {
    const auto answer = as_all("GET", "/bags/maps/x").header("If-None-Match", tag).send();
    EXPECT_EQ(answer.status, status) << tag;
    EXPECT_EQ(answer.header("ETag"), "\"maps/x/v3\"");
    EXPECT_EQ(answer.text.empty(), status == 304) << tag;
    EXPECT_TRUE(answer.has_header("X-Request-Id"));
  }
  store("PP MIA", 1, {}, "a\"b,c");
  const auto answer = get("a%22b,c/PP+MIA");
  const std::string tag = answer.header("ETag");
  EXPECT_EQ(tag, "\"a%22b,c/PP MIA/v1\"");
  EXPECT_EQ(as_all("GET", "/bags/a%22b,c/PP+MIA").header("If-None-Match", tag).send().status, 304);
  // Nothing is told about a bag that is not there.
  EXPECT_EQ(as_all("GET", "/bags/maps/y").header("If-None-Match", "*").send().status, 404);
}

TEST_F(BagsTest, ADamagedOrMissingCopyIsPassedOver) {
  StoredBag bag;
  const VersionRow row = store("x", 1, bag);
  const std::string key = layout::kept_description_key(row.registration->description_sha256);
  records.objects[key][200] ^= 1;
  EXPECT_EQ(version_of(get("maps/x")), "v1");
  EXPECT_NE(log.text.find("description.copy_unusable store=records"), std::string::npos);
  records.objects.clear();
  stores[0].objects.clear();
  EXPECT_EQ(version_of(get("maps/x")), "v1");
  for (FakeStore& store : stores) store.objects.clear();
  expect_error(get("maps/x"), 500, "");
}

TEST_F(BagsTest, ALargeDocumentStreamsAndBreaksOffWhenDamaged) {
  StoredBag bag;
  for (int i = 0; i < 20'000; ++i) {
    std::string number = std::to_string(i);
    number.insert(0, 6 - number.size(), '0');
    bag.files.push_back(described("data/" + number + ".txt", 1, 6, {}));
  }
  const VersionRow row = store("x", 1, bag);
  const auto whole = get("maps/x");
  EXPECT_EQ(whole.status, 200);
  EXPECT_FALSE(whole.aborted);
  EXPECT_GT(whole.pieces, 100U);
  EXPECT_EQ(whole.json().at("manifest").at("files").as_array().size(), 20'000U);

  // One digit of one size: still a description to look at, but not the registered one.
  std::string& stored = records.objects[layout::kept_description_key(row.registration->description_sha256)];
  const auto at = stored.find("\"size\":6", stored.size() / 2);
  ASSERT_NE(at, std::string::npos);
  stored[at + 7] = '7';
  const auto cut = get("maps/x");
  EXPECT_EQ(cut.status, 200);
  EXPECT_TRUE(cut.aborted);
  boost::system::error_code error;
  (void)json::parse(cut.text, error);
  EXPECT_TRUE(error);
  EXPECT_NE(log.text.find("http.aborted"), std::string::npos);
}

TEST_F(BagsTest, TheCatalogueCannotBeReached) {
  store("x", 1);
  catalogue.down = true;
  expect_error(get("maps/x"), 500, "");
}

}  // namespace
}  // namespace strongroom::test
