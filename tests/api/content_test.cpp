// Goal: files and whole bags go out as http-api.md 5.4 and 5.5 say: found by their names, in parts, with the right
// headers, and broken off rather than wrong (cases-storage.md D4, E1 to E5). Method: versions whose bytes lie in stores
// in memory, requests into the handler.
#include <gtest/gtest.h>

#include "api/api_fixture.hpp"
#include "base/hex.hpp"
#include "domain/layout.hpp"

namespace strongroom::test {
namespace {

class ContentTest : public ApiTest {
 protected:
  static DescribedFile file_of(const std::string& name, int holder, const std::string& content) {
    return {name,
            "v" + std::to_string(holder) + "/" + name,
            content.size(),
            {digest_of(Algorithm::sha256, content), digest_of(Algorithm::md5, content)}};
  }
  /// Stores a version of these payload files, and its bytes in every location.
  void keep(const std::string& identifier, int number, const std::map<std::string, std::string>& payload) {
    StoredBag bag;
    bag.tag_manifests = {Algorithm::md5};
    for (const auto& [name, content] : payload) {
      bag.files.push_back(file_of(name, number, content));
      put(identifier, bag.files.back().path, content);
    }
    for (const char* name : {"bag-info.txt", "bagit.txt", "tagmanifest-md5.txt"}) {
      bag.tag_files.push_back(file_of(name, number, name));
      put(identifier, bag.tag_files.back().path, name);
    }
    store(identifier, number, bag);
  }
  void put(const std::string& identifier, const std::string& path, const std::string& content) {
    for (FakeStore& one : stores) one.objects["maps/" + identifier + "/" + path] = content;
  }
  ApiRequest ask(const std::string& path, const std::string& method = "GET") {
    return as_all(method, "/bags/maps/" + path);
  }
  ApiAnswer get(const std::string& path) { return ask(path).send(); }
};

TEST_F(ContentTest, E1_AFileOfItsVersion) {
  keep("x", 1, {{"data/a.txt", "the first"}, {"data/b.txt", "old"}});
  clock.pass(std::chrono::minutes(30));
  StoredBag second;
  second.files = {file_of("data/a.txt", 1, "the first"), file_of("data/b.txt", 2, "new")};
  second.tag_files = {file_of("bagit.txt", 2, "bagit")};
  put("x", "v2/data/b.txt", "new");
  put("x", "v2/bagit.txt", "bagit");
  store("x", 2, second);
  const auto answer = get("x/content/data/a.txt");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.text, "the first");
  EXPECT_EQ(answer.header("ETag"), "\"" + digest_of(Algorithm::sha256, "the first").hex() + "\"");
  EXPECT_EQ(answer.header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename*=UTF-8''a.txt");
  EXPECT_EQ(answer.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(answer.header("Repr-Digest"),
            "sha-256=:" + to_base64(digest_of(Algorithm::sha256, "the first").bytes()) + ":");
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-cache");
  // Of the version that holds it.
  EXPECT_EQ(answer.header("Last-Modified"), "Wed, 01 May 2024 09:30:01 GMT");
  EXPECT_EQ(get("x/content/data/b.txt").header("Last-Modified"), "Wed, 01 May 2024 10:00:01 GMT");
  EXPECT_EQ(get("x/content/data/b.txt").text, "new");
  EXPECT_EQ(get("x/content/data/b.txt?version=v1").text, "old");
  const auto tag = get("x/content/bag-info.txt?version=v1");
  EXPECT_EQ(tag.text, "bag-info.txt");
  EXPECT_EQ(tag.header("ETag"), "\"" + digest_of(Algorithm::md5, "bag-info.txt").hex() + "\"");
  expect_error(get("x/content/data/none"), 404, "File data/none not found in maps/x v2");
  expect_error(get("x/content/data/a.txt?version=v9"), 404, "Storage manifest maps/x v9 not found");
  expect_error(get("y/content/data/a.txt"), 404, "Storage manifest maps/y not found");
}

TEST_F(ContentTest, AReadingIsRecordedWhereThatIsAskedFor) {
  keep("x", 1, {{"data/a.txt", "the first"}});
  EXPECT_EQ(get("x/content/data/a.txt").status, 200);
  EXPECT_TRUE(audit.deeds.empty()) << "readings are counted, not listed, unless they are asked for";
  config.audit_reads = true;
  start();
  EXPECT_EQ(get("x/content/data/a.txt").status, 200);
  EXPECT_EQ(get("x/archive").status, 200);
  ASSERT_EQ(audit.deeds.size(), 2U);
  EXPECT_EQ(audit.deeds[0].action, "content.read");
  EXPECT_EQ(audit.deeds[0].object, "maps/x v1 data/a.txt");
  EXPECT_EQ(audit.deeds[1].object, "maps/x v1");
  EXPECT_FALSE(audit.deeds[0].agent.empty());
  EXPECT_FALSE(audit.deeds[0].request_id.empty());
  // Nothing is read by these.
  EXPECT_EQ(ask("x/content/data/a.txt", "HEAD").send().status, 200);
  EXPECT_EQ(get("x/content/data/none").status, 404);
  auto known = ask("x/content/data/a.txt");
  known.header("If-None-Match", get("x/content/data/a.txt").header("ETag"));
  EXPECT_EQ(known.send().status, 304);
  auto outside = ask("x/content/data/a.txt");
  outside.header("Range", "bytes=99-");
  EXPECT_EQ(outside.send().status, 416);
  EXPECT_EQ(audit.deeds.size(), 3U);
  audit.trouble = temporary("the disk is full");
  EXPECT_EQ(get("x/content/data/a.txt").status, 500) << "what cannot be recorded is not given";
  EXPECT_EQ(get("x/archive").status, 500);
}

TEST_F(ContentTest, E2_PartsOfAFile) {
  keep("x", 1, {{"data/ten", "0123456789"}, {"data/none", ""}});
  const std::string tag = get("x/content/data/ten").header("ETag");
  const auto part = [&](const std::string& range, const HttpHeaders& more = {}) {
    auto made = ask("x/content/data/ten");
    made.header("Range", range);
    for (const auto& [name, value] : more) made.header(name, value);
    return made.send();
  };
  auto answer = part("bytes=0-3");
  EXPECT_EQ(answer.status, 206);
  EXPECT_EQ(answer.text, "0123");
  EXPECT_EQ(answer.header("Content-Range"), "bytes 0-3/10");
  EXPECT_EQ(answer.header("ETag"), tag);
  for (const char* range : {"bytes=-4", "bytes=6-"}) {
    EXPECT_EQ(part(range).status, 206);
    EXPECT_EQ(part(range).text, "6789");
  }
  answer = part("bytes=10-");
  expect_error(answer, 416, "The requested range is outside the file, which has 10 bytes");
  EXPECT_EQ(answer.header("Content-Range"), "bytes */10");
  EXPECT_EQ(part("bytes=0-1,3-4").status, 200);
  EXPECT_EQ(part("bytes=0-1,3-4").text, "0123456789");
  EXPECT_EQ(part("bytes=0-1", {{"If-Range", "\"other\""}}).text, "0123456789");
  EXPECT_EQ(part("bytes=0-1", {{"If-Range", tag}}).text, "01");
  answer = part("bytes=0-1", {{"If-None-Match", tag}});
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.text, "");
  answer = get("x/content/data/none");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, "");
  auto head = ask("x/content/data/ten", "HEAD");
  head.header("Range", "bytes=0-3");
  EXPECT_EQ(head.send().status, 200);
}

TEST_F(ContentTest, E3_NamesByteByByte) {
  keep("x", 1, {{"data/a b+c%41.txt", "plus"}, {"data/\xC3\xA9.txt", "composed"}});
  EXPECT_EQ(get("x/content/data/a%20b+c%2541.txt").text, "plus");
  EXPECT_EQ(get("x/content/data/%C3%A9.txt").text, "composed");
  EXPECT_EQ(get("x/content/data/%C3%A9.txt").header("Content-Disposition"), "attachment; filename*=UTF-8''%C3%A9.txt");
  EXPECT_EQ(get("x/content/data/e%CC%81.txt").status, 404);
  EXPECT_EQ(get("x/content/../bag-info.txt").status, 404);
  EXPECT_EQ(get("x/content/%2E%2E/%2E%2E/x/v1/bag-info.txt").status, 404);
}

TEST_F(ContentTest, D4_WordsOfThePathAsNames) {
  keep("content", 1, {{"data/a.txt", "of content"}});
  keep("b", 1, {{"data/content/v", "content"}, {"data/versions", "versions"}});
  EXPECT_EQ(get("content/content/data/a.txt").text, "of content");
  EXPECT_EQ(get("b/content/data/content/v").text, "content");
  EXPECT_EQ(get("b/content/data/versions").text, "versions");
  expect_error(get("b/content"), 404, "Storage manifest maps/b/content not found");
}

TEST_F(ContentTest, E4_WhatLocationsCannotGive) {
  keep("x", 1, {{"data/a.txt", "the bytes"}});
  const std::string key = "maps/x/v1/data/a.txt";
  stores[1].objects.erase(key);
  EXPECT_EQ(get("x/content/data/a.txt").text, "the bytes");
  EXPECT_NE(log.text.find("file.copy_unusable"), std::string::npos);
  stores[0].objects.at(key) = "the Bytes";
  const auto cut = get("x/content/data/a.txt");
  EXPECT_TRUE(cut.aborted);
  EXPECT_LT(cut.text.size(), 9U);
  // The third one is in an archive tier: not asked, as long as another might have it.
  stores[0].objects.erase(key);
  expect_error(get("x/content/data/a.txt"), 500, {});
  auto& uuids = catalogue.versions["maps/x"][0].registration->location_uuids;
  uuids = {"uuid-third"};
  const auto away = get("x/content/data/a.txt");
  expect_error(away, 503, "data/a.txt is only held in an archive tier and must be restored first");
  EXPECT_NE(away.header("Retry-After"), "");
}

TEST_F(ContentTest, E5_TheArchive) {
  keep("PP/MIA 1", 1, {{"data/a.txt", "the bytes"}});
  const auto answer = get("PP/MIA+1/archive");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_FALSE(answer.aborted);
  EXPECT_EQ(answer.text.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(answer.header("Content-Type"), "application/gzip");
  EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename*=UTF-8''PP_MIA%201-v1.tar.gz");
  EXPECT_EQ(answer.header("ETag"), "\"maps/PP/MIA 1/v1/archive\"");
  EXPECT_EQ(answer.header("Content-Encoding"), "");
  EXPECT_EQ(get("PP/MIA+1/archive?version=v1").text, answer.text);
  auto again = ask("PP/MIA%201/archive");
  again.header("If-None-Match", answer.header("ETag"));
  EXPECT_EQ(again.send().status, 304);
  expect_error(get("PP/MIA+1/archive?version=v2"), 404, "Storage manifest maps/PP/MIA 1 v2 not found");
  for (FakeStore& one : stores) one.objects.at("maps/PP/MIA 1/v1/data/a.txt")[0] ^= 1;
  EXPECT_TRUE(get("PP/MIA+1/archive").aborted);
}

TEST_F(ContentTest, NeedsItsScope) {
  keep("x", 1, {{"data/a.txt", "the bytes"}});
  for (const char* path : {"/bags/maps/x/content/data/a.txt", "/bags/maps/x/archive"}) {
    expect_error(as_mapper("GET", path).send(), 403, "This client lacks the scope bags:content");
    EXPECT_EQ(request("GET", std::string("/storage/v1") + path).send().status, 401);
    expect_error(as_all("POST", path).send(), 405, "HTTP method not allowed, supported methods: GET");
  }
}

}  // namespace
}  // namespace strongroom::test
