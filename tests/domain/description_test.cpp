// Goal: a stored description is the same bytes for the same facts, for ever, and is read back whole. Method: a golden
// file of fixed facts; round trips with hostile names and many files; every cut and slip must be noticed.
#include "domain/description.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "domain/json_members.hpp"
#include "domain/samples.hpp"

namespace strongroom {
namespace {

DescribedFile file(std::string name, std::string path, std::uint64_t size, std::vector<Algorithm> also = {}) {
  DescribedFile made{std::move(name), std::move(path), size, {}};
  made.checksums.push_back(digest_of(Algorithm::sha256, made.path));
  for (Algorithm algorithm : also) made.checksums.push_back(digest_of(algorithm, made.path));
  return made;
}

DescriptionHead head() {
  return {.context_url = "https://archive.example.org/storage/v1/context.json",
          .bag = samples::bag_id(),
          .version = Version(2),
          .created = samples::instant("2024-05-01T09:31:40.25Z"),
          .ingest = *IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"),
          .ingest_type = IngestType::update,
          .ingest_created = samples::instant("2024-05-01T09:30:01.540112Z"),
          .info = {{{"Source-Organization", "Harbour Map Room"},
                    {"external-identifier", "SEA/1887/12"},
                    {"External-Description", "Chart of the \"northern\" approaches\n continued \\ é 海図"},
                    {"Contact-Name", "A"},
                    {"Contact-Name", "B"},
                    {"Bagging-Date", "2024-05-01"},
                    {"Payload-Oxum", "19.2"}}},
          .bagit_version = "0.97",
          .payload_manifests = {Algorithm::sha256, Algorithm::sha3_512},
          .tag_manifests = {Algorithm::md5}};
}

DescriptionTail tail() {
  return {.locations = {{"primary location", Provider::filesystem, "primary", "", LocationRole::primary,
                         "0b0e4f5c-1111-4222-8333-444455556666", "full", samples::instant("2024-05-01T09:31:38Z")},
                        {"Amazon Glacier", Provider::amazon_s3, "archive-copy", "bags/", LocationRole::replica,
                         "0b0e4f5c-7777-4222-8333-444455556666", "server-checksum",
                         samples::instant("2024-05-01T09:31:39.000001Z")}},
          .file_count = 5,
          .byte_count = 354,
          .own_file_count = 4,
          .own_byte_count = 344,
          .source = {Provider::amazon_s3, "drop", "2024/05/sea-1887-12.tar.gz"},
          .source_size = 4711,
          .requested_by = *ClientId::parse("mapper"),
          .events = {{samples::instant("2024-05-01T09:30:02.118204Z"), "Unpacking started"},
                     {samples::instant("2024-05-01T09:31:40.1Z"), "Register started"}}};
}

std::vector<DescribedFile> payload() {
  return {file("data/index.xml", "v2/data/index.xml", 9, {Algorithm::sha3_512, Algorithm::md5}),
          file("data/sheets/0001.tif", "v1/data/old/0001.tif", 10)};
}

std::vector<DescribedFile> tags() {
  return {file("bag-info.txt", "v2/bag-info.txt", 204), file("bagit.txt", "v2/bagit.txt", 55),
          file("tagmanifest-md5.txt", "v2/tagmanifest-md5.txt", 76, {Algorithm::md5})};
}

std::string write(const std::vector<DescribedFile>& files, const std::vector<DescribedFile>& tag_files) {
  TextSink sink;
  DescriptionWriter writer(sink);
  EXPECT_TRUE(writer.begin(head()));
  for (const auto& one : files) EXPECT_TRUE(writer.add(one)) << one.name;
  EXPECT_TRUE(writer.begin_tag_files());
  for (const auto& one : tag_files) EXPECT_TRUE(writer.add(one)) << one.name;
  EXPECT_TRUE(writer.finish(tail()));
  EXPECT_EQ(writer.offset(), sink.text().size());
  return sink.take();
}

struct Everything {
  DescriptionHead head;
  std::vector<DescribedFile> files, tag_files;
  DescriptionTail tail;
};

Result<Everything> read(const std::string& text) {
  TextSource source(text);
  DescriptionReader reader(source);
  TRY(DescriptionHead read_head, reader.head());
  std::vector<DescribedFile> files;
  for (;;) {
    TRY(const DescribedFile* one, reader.next_file());
    if (one == nullptr) break;
    files.push_back(*one);
  }
  std::vector<DescribedFile> tag_files;
  for (;;) {
    TRY(const DescribedFile* one, reader.next_tag_file());
    if (one == nullptr) break;
    tag_files.push_back(*one);
  }
  TRY(DescriptionTail read_tail, reader.tail());
  return Everything{std::move(read_head), std::move(files), std::move(tag_files), std::move(read_tail)};
}

/// One value has one text, so equal facts are shown by writing what was read.
std::string write_again(const Everything& all) {
  TextSink sink;
  DescriptionWriter writer(sink);
  EXPECT_TRUE(writer.begin(all.head));
  for (const auto& one : all.files) EXPECT_TRUE(writer.add(one)) << one.name;
  EXPECT_TRUE(writer.begin_tag_files());
  for (const auto& one : all.tag_files) EXPECT_TRUE(writer.add(one)) << one.name;
  EXPECT_TRUE(writer.finish(all.tail));
  return sink.take();
}

TEST(Description, Golden) {
  std::ifstream golden(std::string(STRONGROOM_SOURCE_DIR) + "/tests/golden/stored_description.json", std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(golden), {}};
  EXPECT_EQ(write(payload(), tags()), expected);
}

TEST(Description, IsOneJsonObject) {
  for (const auto& text : {write(payload(), tags()), write({}, tags()), write({}, {}), write(payload(), {})}) {
    const auto whole = JsonMembers::parse(text);
    ASSERT_TRUE(whole) << whole.error().text();
    EXPECT_TRUE(whole->objects("files"));
    EXPECT_TRUE(whole->objects("tagFiles"));
    EXPECT_TRUE(whole->expect("type", "StoredBag"));
  }
}

TEST(Description, IsReadBack) {
  const auto all = read(write(payload(), tags()));
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(all->head.bag, samples::bag_id());
  EXPECT_EQ(all->head.version, Version(2));
  EXPECT_EQ(all->head.info.fields, head().info.fields);
  EXPECT_EQ(all->head.ingest_type, IngestType::update);
  EXPECT_EQ(all->head.ingest_created, head().ingest_created);
  EXPECT_EQ(all->head.payload_manifests, head().payload_manifests);
  ASSERT_EQ(all->files.size(), 2U);
  EXPECT_EQ(all->files[1].path, "v1/data/old/0001.tif");
  EXPECT_EQ(all->files[0].checksums.size(), 3U);
  EXPECT_EQ(*all->files[0].checksum(Algorithm::md5), digest_of(Algorithm::md5, "v2/data/index.xml"));
  EXPECT_EQ(all->files[1].checksum(Algorithm::md5), nullptr);
  ASSERT_EQ(all->tag_files.size(), 3U);
  EXPECT_EQ(all->tag_files[2].size, 76U);
  ASSERT_EQ(all->tail.locations.size(), 2U);
  EXPECT_EQ(all->tail.locations[1].prefix, "bags/");
  EXPECT_EQ(all->tail.locations[1].role, LocationRole::replica);
  EXPECT_EQ(all->tail.source, tail().source);
  EXPECT_EQ(all->tail.events, tail().events);
  EXPECT_EQ(all->tail.own_byte_count, 344U);
  EXPECT_EQ(write_again(*all), write(payload(), tags()));
}

TEST(Description, EmptyListsAreReadBack) {
  const auto all = read(write({}, {}));
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_TRUE(all->files.empty());
  EXPECT_TRUE(all->tag_files.empty());
}

TEST(Description, HostileNames) {
  std::vector<std::string> names = {"data/\"quoted\"",
                                    "data/],",
                                    "data/\"files\":[",
                                    "data/\n],\n",
                                    "data/\\",
                                    "data/\x01\x1F\x7F",
                                    "data/é",
                                    "data/e\xCC\x81",
                                    "data/海図",
                                    "data/🗺",
                                    "data/,",
                                    "data/{}",
                                    "data/\xE2\x80\xA8",
                                    "data/ ",
                                    "data/\xC2\x85",
                                    "],",
                                    "}",
                                    "data/" + std::string(1000, 'x')};
  std::sort(names.begin(), names.end());
  std::vector<DescribedFile> files;
  for (const std::string& name : names) files.push_back(file(name, "v2/" + name, 1));
  const std::string text = write(files, tags());
  const auto all = read(text);
  ASSERT_TRUE(all) << all.error().text();
  ASSERT_EQ(all->files.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(all->files[i].name, names[i]);
    EXPECT_EQ(all->files[i].path, "v2/" + names[i]);
  }
  EXPECT_EQ(write_again(*all), text);
}

TEST(Description, TenThousandFilesAndTheirOffsets) {
  TextSink sink;
  DescriptionWriter writer(sink);
  ASSERT_TRUE(writer.begin(head()));
  std::vector<std::pair<std::uint64_t, std::string>> index;
  for (int i = 0; i < 10000; ++i) {
    const std::string name = "data/" + std::to_string(100000 + i);
    index.emplace_back(writer.offset(), name);
    ASSERT_TRUE(writer.add(file(name, "v2/" + name, static_cast<std::uint64_t>(i))));
  }
  ASSERT_TRUE(writer.begin_tag_files());
  index.emplace_back(writer.offset(), "bagit.txt");
  ASSERT_TRUE(writer.add(file("bagit.txt", "v2/bagit.txt", 55)));
  ASSERT_TRUE(writer.finish(tail()));
  const std::string& text = sink.text();
  for (const auto& [offset, name] : index) {
    const std::string start = R"({"type":"File","name":")" + name + "\"";
    ASSERT_EQ(text.compare(offset, start.size(), start), 0) << name;
    ASSERT_EQ(text[offset - 1], '\n');
  }
  const auto all = read(text);
  ASSERT_TRUE(all) << all.error().text();
  ASSERT_EQ(all->files.size(), 10000U);
  EXPECT_EQ(all->files[9999].name, "data/109999");
  EXPECT_EQ(all->files[9999].size, 9999U);
  EXPECT_EQ(write_again(*all), text);
}

TEST(Description, TheOrderOfChecksumsDoesNotMatter) {
  auto turned = payload();
  for (auto& one : turned) std::reverse(one.checksums.begin(), one.checksums.end());
  EXPECT_EQ(write(turned, tags()), write(payload(), tags()));
}

TEST(Description, FilesThatCannotBeDescribed) {
  const DescribedFile bare{"data/x", "v2/data/x", 1, {digest_of(Algorithm::md5, "")}};
  const std::vector<DescribedFile> table[] = {
      {file("data/b", "v2/data/b", 1), file("data/a", "v2/data/a", 1)},
      {file("data/a", "v2/data/a", 1), file("data/a", "v2/data/a", 1)},
      {file("", "v2/x", 1)},
      {file("data/a", "data/a", 1)},
      {file("data/a", "v0/data/a", 1)},
      {file("data/a", "v2/", 1)},
      {file("data/a", "v2", 1)},
      {bare},
  };
  for (const auto& files : table) {
    TextSink sink;
    DescriptionWriter writer(sink);
    ASSERT_TRUE(writer.begin(head()));
    for (std::size_t i = 0; i + 1 < files.size(); ++i) ASSERT_TRUE(writer.add(files[i]));
    const auto last = writer.add(files.back());
    ASSERT_FALSE(last) << files.back().name << " at " << files.back().path;
    EXPECT_EQ(last.error().act, Act::broken);
  }
}

TEST(Description, EveryCutIsNoticed) {
  const std::string text = write(payload(), tags());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    const auto all = read(text.substr(0, size));
    ASSERT_FALSE(all) << size;
    ASSERT_EQ(all.error().reason, Reason::corrupt) << size;
  }
}

TEST(Description, EverySlipIsNoticed) {
  const std::string text = write(payload(), tags());
  const std::pair<const char*, const char*> slips[] = {
      {"\"StoredBag\"", "\"Bag\""},
      {"\"schema\":1", "\"schema\":2"},
      {"\"schema\":1", "\"schema\":\"1\""},
      {"\"id\":\"maps/SEA", "\"id\":\"atlas/SEA"},
      {"\"space\":\"maps\"", "\"space\":\"ma/ps\""},
      {"\"version\":\"v2\"", "\"version\":\"v02\""},
      {"09:31:40.250000Z", "09:31:40Z"},
      {"\"ingestType\":\"update\"", "\"ingestType\":\"repair\""},
      {"\"payloadOxum\":\"19.2\",", ""},
      {"\"payloadOxum\":\"19.2\"", "\"payloadOxum\":\"19.3\""},
      {"\"label\":\"Payload-Oxum\"", "\"label\":\"Payload-Oxen\""},
      {"\"sha3512\"]", "\"sha3-512\"]"},
      {"\"files\":[\n", "\"files\":[ \n"},
      {"\"tagFiles\":[", "\"files\":["},
      {"}},\n{\"type\":\"File\",\"name\":\"data/sheets", "}}\n{\"type\":\"File\",\"name\":\"data/sheets"},
      {"}}\n],\n\"tagFiles\"", "}},\n],\n\"tagFiles\""},
      {"\"name\":\"data/index.xml\"", "\"name\":\"data/x.xml\""},
      {"\"name\":\"bagit.txt\"", "\"name\":\"bag-info.txt\""},
      {"\"path\":\"v1/data", "\"path\":\"data"},
      {"\"size\":9,", "\"size\":-9,"},
      {"\"size\":9,", ""},
      {"\"checksums\":{\"md5\":\"", "\"checksums\":{\"md5\":\"0"},
      {"\"sha256\":\"", "\"sha224\":\""},
      {"\"role\":\"primary\"", "\"role\":\"main\""},
      {"\"id\":\"filesystem\"", "\"id\":\"floppy\""},
      {"\"id\":\"amazon-s3\"", "\"id\":\"aws-s3-ia\""},
      {"\"fileCount\":5", "\"fileCount\":5.5"},
      {"\"requestedBy\":\"mapper\"", "\"requestedBy\":\"\""},
      {"\"type\":\"IngestEvent\"", "\"type\":\"Event\""},
      {"Register started\"}]}\n", "Register started\"}]}\n{}\n"},
      {"Register started\"}]}\n", "Register started\"}]}}\n"},
  };
  for (const auto& [right, wrong] : slips) {
    const auto at = text.find(right);
    ASSERT_NE(at, std::string::npos) << right;
    const auto all = read(std::string(text).replace(at, std::string_view(right).size(), wrong));
    ASSERT_FALSE(all) << right << " -> " << wrong;
    EXPECT_EQ(all.error().reason, Reason::corrupt) << right << " -> " << wrong;
  }
}

TEST(Description, UnknownMembersAreLeftToLaterReleases) {
  std::string text = write(payload(), tags());
  text.replace(text.find("\"size\":9,"), 9, "\"size\":9,\"media\":\"tape\",");
  text.replace(text.find("\"schema\":1,"), 11, "\"schema\":1,\"colour\":[{}],");
  EXPECT_TRUE(read(text));
}

TEST(BagInfo, TheFirstValueInAnyCase) {
  const BagInfo info = head().info;
  EXPECT_EQ(info.find("CONTACT-NAME"), "A");
  EXPECT_EQ(info.find("External-Identifier"), "SEA/1887/12");
  EXPECT_EQ(info.find("Contact"), std::nullopt);
}

TEST(BagInfo, IsEncodedWithKnownFieldsFirst) {
  EXPECT_EQ(encode_bag_info({}), R"({"type":"BagInfo","fields":[]})");
  const BagInfo info{{{"X", "1"},
                      {"Internal-Sender-Description", "d"},
                      {"Internal-Sender-Identifier", "i"},
                      {"Source-Organization", "o"},
                      {"X", ""}}};
  EXPECT_EQ(encode_bag_info(info),
            R"({"type":"BagInfo","internalSenderIdentifier":"i","internalSenderDescription":"d",)"
            R"("sourceOrganisation":"o","sourceOrganization":"o","fields":[{"label":"X","value":"1"},)"
            R"({"label":"Internal-Sender-Description","value":"d"},{"label":"Internal-Sender-Identifier","value":"i"},)"
            R"({"label":"Source-Organization","value":"o"},{"label":"X","value":""}]})");
  const auto decoded = decode_bag_info(encode_bag_info(info));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->fields, info.fields);
}

TEST(BagInfo, DamagedTextsAreCorrupt) {
  const std::string text = encode_bag_info(head().info);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto decoded = decode_bag_info(text.substr(0, size));
    ASSERT_FALSE(decoded) << size;
    ASSERT_EQ(decoded.error().reason, Reason::corrupt);
  }
  EXPECT_FALSE(decode_bag_info(R"({"type":"BagInfo","fields":[{"label":"a"}]})"));
  EXPECT_FALSE(decode_bag_info(R"({"type":"BagInfo","payloadOxum":"1.1","fields":[]})"));
}

}  // namespace
}  // namespace strongroom
