// Unpacking, case by case: acceptance cases G1 and G3 to G7 as far as they concern tar and gzip, the order of checks,
// the ends, the limits, and what is passed through. Each archive is built by hand; the expected texts are written out.
#include "archive/unpack.hpp"

#include <gtest/gtest.h>

#include "archive/unpacking.hpp"
#include "support/gzip.hpp"
#include "support/tar_builder.hpp"

namespace strongroom::archive {
namespace {

using testing_support::ChunkedSource;
using testing_support::gzip;
using testing_support::gzip_with_fields;
using testing_support::MemorySink;
using testing_support::TarBuilder;
using testing_support::TarFields;
using Files = std::map<std::string, std::string>;

const std::string kGnu("ustar  \0", 8);
const std::string kV7(8, '\0');

TarBuilder bag() {
  return TarBuilder().file("bagit.txt", "BagIt-Version: 0.97\n").file("data/a.txt", "hello\n").file("data/empty", "");
}
const Files kBag = {{"bagit.txt", "BagIt-Version: 0.97\n"}, {"data/a.txt", "hello\n"}, {"data/empty", ""}};

struct Accepted {
  std::string what;
  std::string package;
  Files files;
  std::string text = "ok";
};

void PrintTo(const Accepted& row, std::ostream* out) { *out << row.what; }

class AcceptedTest : public testing::TestWithParam<Accepted> {};

TEST_P(AcceptedTest, GivesExactlyTheFilesWhateverTheChunks) {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
    const auto result = unpack(GetParam().package, chunk);
    ASSERT_EQ(result.text(), GetParam().text) << "chunks of " << chunk;
    EXPECT_EQ(result.sink.files, GetParam().files) << "chunks of " << chunk;
    EXPECT_EQ(result.unpacked()->files, GetParam().files.size());
    EXPECT_EQ(result.sink.ended, GetParam().files.size());
    std::uint64_t bytes = 0;
    for (const auto& [name, content] : GetParam().files) {
      bytes += content.size();
      EXPECT_EQ(result.sink.announced.at(name), content.size()) << name;
    }
    EXPECT_EQ(result.unpacked()->bytes, bytes);
    EXPECT_EQ(result.unpacked()->archive_bytes, GetParam().package.size());
  }
}

std::vector<Accepted> formats() {
  const std::string tar = bag().record();
  const std::string dotted = TarBuilder()
                                 .directory("./")
                                 .file("./bagit.txt", "BagIt-Version: 0.97\n")
                                 .directory("./data/")
                                 .file("././data//a.txt", "hello\n")
                                 .file("data/./empty", "")
                                 .directory("data/")
                                 .record();
  return {
      {"tar.gz", gzip(tar), kBag},
      {"plain tar", tar, kBag},
      {"stored gzip blocks", gzip(tar, 0), kBag},
      {"as tar -C dir . writes it", gzip(dotted), kBag},
      {"two members", gzip(tar.substr(0, 700)) + gzip(tar.substr(700)), kBag},
      {"an empty member amid others", gzip(tar.substr(0, 512)) + gzip("") + gzip(tar.substr(512)) + gzip(""), kBag},
      {"all optional gzip fields", gzip_with_fields(tar.substr(0, 512)) + gzip_with_fields(tar.substr(512)), kBag},
      {"end mark and nothing behind", gzip(bag().end()), kBag},
      {"one zero block", gzip(bag().open() + std::string(512, '\0')), kBag, "ok W14 lone-zero-block"},
      {"one zero block and a bit", bag().open() + std::string(700, '\0'), kBag, "ok W14 lone-zero-block"},
      {"padding behind the record", gzip(tar + std::string(512, '\0')), kBag, "ok W14 zero-padding"},
      {"an uneven number of zeros", tar + std::string(3, '\0'), kBag, "ok W14 zero-padding"},
      {"padding behind gzip", gzip(tar) + std::string(1, '\0'), kBag, "ok W14 zero-padding"},
      {"much padding behind gzip", gzip(tar) + std::string(300000, '\0'), kBag, "ok W14 zero-padding"},
      {"padding in both places", gzip(tar + std::string(512, '\0')) + std::string(100, '\0'), kBag,
       "ok W14 zero-padding"},
      {"an enclosing directory", TarBuilder().directory("b").file("b/bagit.txt", "x").end(), {{"b/bagit.txt", "x"}}},
      {"names of any script", TarBuilder().file("dåta/ø ☃.txt", "x").end(), {{"dåta/ø ☃.txt", "x"}}},
  };
}
INSTANTIATE_TEST_SUITE_P(Formats, AcceptedTest, testing::ValuesIn(formats()));

std::vector<Accepted> dialects() {
  const std::string deep(300, 'd');
  const std::string long_name = deep + "/" + deep;
  const std::string big(200000, 'b');
  const std::string base_256 = std::string("\x80\0\0\0\0\0\0\0\0\0\0\x05", 12);
  const std::string sign(1, '\xe9');
  return {
      {"v7", TarBuilder().entry({.name = "a", .type = '\0', .magic = kV7}, "12345").end(), {{"a", "12345"}}},
      {"v7 directory",
       TarBuilder().entry({.name = "d/", .type = '\0', .magic = kV7}).file("d/a", "1").end(),
       {{"d/a", "1"}}},
      {"a name of 100 bytes", TarBuilder().file(std::string(100, 'n'), "1").end(), {{std::string(100, 'n'), "1"}}},
      {"ustar prefix", TarBuilder().entry({.name = "a", .prefix = "p/q"}, "1").end(), {{"p/q/a", "1"}}},
      {"ustar prefix in full",
       TarBuilder().entry({.name = "a", .prefix = std::string(155, 'p')}, "1").end(),
       {{std::string(155, 'p') + "/a", "1"}}},
      {"no prefix in GNU headers",
       TarBuilder().entry({.name = "a", .magic = kGnu, .prefix = "p"}, "1").end(),
       {{"a", "1"}}},
      {"contiguous file", TarBuilder().entry({.name = "a", .type = '7'}, "1").end(), {{"a", "1"}}},
      {"directory with a size",
       TarBuilder().entry({.name = "d", .type = '5', .size = 9}).file("d/a", "1").end(),
       {{"d/a", "1"}}},
      {"GNU long name and link",
       TarBuilder().long_name(deep, 'K').long_name(long_name).file("cut", "1").end(),
       {{long_name, "1"}}},
      {"a long name is for one entry",
       TarBuilder().long_name(deep).file("cut", "1").file("b", "2").end(),
       {{deep, "1"}, {"b", "2"}}},
      {"pax path",
       TarBuilder().pax({{"mtime", "1.5"}, {"path", long_name}}).file("c", "1").file("b", "2").end(),
       {{long_name, "1"}, {"b", "2"}}},
      {"pax path over GNU name",
       TarBuilder().long_name("gnu").pax({{"path", "pax"}}).file("c", "1").end(),
       {{"pax", "1"}}},
      {"pax size", TarBuilder().pax({{"size", "5"}}).entry({.name = "a", .size = 0}, "12345").end(), {{"a", "12345"}}},
      {"global pax headers", TarBuilder().pax({{"comment", "c"}}, 'g').file("a", "1").pax({}, 'g').end(), {{"a", "1"}}},
      {"own over global",
       TarBuilder()
           .pax({{"path", "global"}}, 'g')
           .pax({{"path", "own"}})
           .file("x", "1")
           .file("y", "2")
           .pax({{"path", ""}})
           .file("z", "3")
           .end(),
       {{"own", "1"}, {"global", "2"}, {"z", "3"}}},
      {"base-256 size", TarBuilder().entry({.name = "a", .size_field = base_256}, "12345").end(), {{"a", "12345"}}},
      {"size with spaces",
       TarBuilder().entry({.name = "a", .size_field = "         5 \0"}, "12345").end(),
       {{"a", "12345"}}},
      {"size with NULs",
       TarBuilder().entry({.name = "a", .size_field = std::string("\0\0 5\0\0\0\0\0\0\0\0", 12)}, "12345").end(),
       {{"a", "12345"}}},
      {"signed checksum",
       TarBuilder().entry({.name = "\xc3\xa9\xc3\xa9", .signed_checksum = true}, "1").end(),
       {{"éé", "1"}}},
      {"a body of several buffers",
       gzip(TarBuilder().file("a", big + big + big + big + big + big + big).end()),
       {{"a", big + big + big + big + big + big + big}}},
  };
}
INSTANTIATE_TEST_SUITE_P(Dialects, AcceptedTest, testing::ValuesIn(dialects()));

std::string hole(std::size_t n) { return std::string(n, '\0'); }

std::string gnu_pair(std::uint64_t offset, std::uint64_t length) {
  return TarBuilder::octal(offset, 11) + hole(1) + TarBuilder::octal(length, 11) + hole(1);
}

/// The part of an old GNU sparse header that begins at byte 345.
std::string gnu_tail(const std::string& pairs, bool extended, std::uint64_t real_size) {
  std::string tail = hole(41) + pairs;
  tail.resize(137);
  return tail + (extended ? '\1' : '\0') + TarBuilder::octal(real_size, 11) + hole(1);
}

std::vector<Accepted> sparse() {
  const Files expected = {{"s", hole(1000) + "abc" + hole(70000 - 1003) + "defg" + hole(5)}, {"b", "2"}};
  const std::string map_1 = "2\n1000\n3\n70000\n4\n";
  std::string many;
  std::string many_expected;
  for (std::uint64_t i = 0; i < 21; ++i) many += gnu_pair(8 + 2 * i, 1), many_expected += std::string("x") + hole(1);
  const auto with_b = [](TarBuilder& tar) { return tar.file("b", "2").end(); };
  TarBuilder old;
  old.entry({.name = "s",
             .type = 'S',
             .magic = kGnu,
             .tail = gnu_tail(gnu_pair(1000, 3) + gnu_pair(70000, 4) + gnu_pair(70009, 0), false, 70009)},
            "abcdefg");
  TarBuilder extended;
  extended
      .raw(TarBuilder::header(
          {.name = "s",
           .type = 'S',
           .size = 25,
           .magic = kGnu,
           .tail = gnu_tail(gnu_pair(0, 1) + gnu_pair(2, 1) + gnu_pair(4, 1) + gnu_pair(6, 1), true, 60)},
          0))
      .raw(many + hole(8))
      .raw(std::string(25, 'x'))
      .fill();
  TarBuilder pax_00;
  pax_00
      .pax({{"GNU.sparse.size", "70009"},
            {"GNU.sparse.numblocks", "2"},
            {"GNU.sparse.offset", "1000"},
            {"GNU.sparse.numbytes", "3"},
            {"GNU.sparse.offset", "70000"},
            {"GNU.sparse.numbytes", "4"}})
      .file("s", "abcdefg");
  TarBuilder pax_01;
  pax_01
      .pax({{"GNU.sparse.size", "70009"},
            {"GNU.sparse.numblocks", "2"},
            {"GNU.sparse.name", "s"},
            {"GNU.sparse.map", "1000,3,70000,4"}})
      .file("GNUSparseFile.1/s", "abcdefg");
  TarBuilder pax_10;
  pax_10
      .pax({{"GNU.sparse.major", "1"},
            {"GNU.sparse.minor", "0"},
            {"GNU.sparse.name", "s"},
            {"GNU.sparse.realsize", "70009"}})
      .file("GNUSparseFile.1/s", map_1 + hole(512 - map_1.size()) + "abcdefg");
  TarBuilder only_hole;
  only_hole.pax({{"GNU.sparse.size", "70000"}, {"GNU.sparse.numblocks", "0"}}).file("s", "");
  return {
      {"old GNU sparse", with_b(old), expected},
      {"old GNU sparse, continued",
       with_b(extended),
       {{"s", (many_expected.substr(0, 8) + many_expected + hole(60)).substr(0, 60)}, {"b", "2"}}},
      {"pax sparse 0.0", with_b(pax_00), expected},
      {"pax sparse 0.1", with_b(pax_01), expected},
      {"pax sparse 1.0", with_b(pax_10), expected},
      {"nothing but a hole", with_b(only_hole), {{"s", hole(70000)}, {"b", "2"}}},
  };
}
INSTANTIATE_TEST_SUITE_P(Sparse, AcceptedTest, testing::ValuesIn(sparse()));

struct Refused {
  std::string what;
  std::string package;
  std::string text;
  std::string problems;
};

void PrintTo(const Refused& row, std::ostream* out) { *out << row.what; }

class RefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTest, WithItsTextWhateverTheChunks) {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
    const auto result = unpack(GetParam().package, chunk);
    EXPECT_EQ(result.text(), GetParam().text) << "chunks of " << chunk;
    EXPECT_EQ(result.problems(), GetParam().problems) << "chunks of " << chunk;
    EXPECT_FALSE(result.refusal() == nullptr || result.refusal()->problems.front().description.empty());
  }
}

std::vector<Refused> not_archives() {
  const std::string bad = "P2 bad-archive";
  std::string method = gzip(bag().end());
  method[2] = 7;
  std::string reserved = gzip(bag().end());
  reserved[3] = '\x40';
  return {
      {"a text", "just some words", kFormat, bad},
      {"a longer text", std::string(5000, 't'), kFormat, bad},
      {"a 7z", "7z\xBC\xAF\x27\x1C" + std::string(600, 'x'), kFormat, bad},
      {"a zip without its directory", "PK\3\4" + std::string(600, 'x'), kEof, "P2 truncated-archive"},
      {"gzip of a text", gzip("just some words"), kFormat, bad},
      {"gzip of a longer text", gzip(std::string(5000, 't')), kFormat, bad},
      {"gzip of gzip", gzip(gzip(bag().end())), kFormat, bad},
      {"gzip of nothing", gzip(""), kFormat, bad},
      {"an empty file", "", kFormat, bad},
      {"half a gzip mark", "\x1f", kFormat, bad},
      {"no entries", gzip(TarBuilder().record()), kFormat, bad},
      {"directories only", gzip(TarBuilder().directory("d").directory("./").record()), kFormat, bad},
      {"a global header only", gzip(TarBuilder().pax({{"comment", "c"}}, 'g').record()), kFormat, bad},
      {"unknown gzip method", method, kFormat, bad},
      {"reserved gzip flags", reserved, kFormat, bad},
  };
}
INSTANTIATE_TEST_SUITE_P(NotArchives, RefusedTest, testing::ValuesIn(not_archives()));

std::vector<Refused> broken() {
  const std::string bad = "P2 bad-archive";
  const std::string eof = "P2 truncated-archive";
  const std::string limit = "P4 limit-exceeded";
  const auto sparse_10 = [](const std::string& map) {
    return TarBuilder()
        .pax({{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.realsize", "100"}})
        .file("s", map)
        .end();
  };
  const auto sparse_01 = [](const std::string& map, const std::string& body) {
    return TarBuilder().pax({{"GNU.sparse.size", "100"}, {"GNU.sparse.map", map}}).file("s", body).end();
  };
  const std::string too_long(limits::kTarRecordMax + 1, 'n');
  const std::string negative = std::string(12, '\xff');
  const std::string huge = std::string("\x80\0\0\1\0\0\0\0\0\0\0\0", 12);
  return {
      {"wrong checksum", bag().entry({.name = "a", .checksum_field = "000000\0 "}, "1").end(), kFormat, bad},
      {"checksum no number", bag().entry({.name = "a", .checksum_field = "abcdefgh"}, "1").end(), kFormat, bad},
      {"size no number", bag().entry({.name = "a", .size_field = "00000x00000"}).end(), kFormat, bad},
      {"negative size", bag().entry({.name = "a", .size_field = negative}).end(), kFormat, bad},
      {"size over 2^63", bag().entry({.name = "a", .size_field = huge}).end(), kFormat, bad},
      {"a directory with content", bag().entry({.name = "d/"}, "1").end(), kFormat, bad},
      {"pax without a length", bag().entry({.name = "x", .type = 'x'}, "path=a\n").file("a", "1").end(), kFormat, bad},
      {"pax with too long a length", bag().entry({.name = "x", .type = 'x'}, "99 path=a\n").file("a", "1").end(),
       kFormat, bad},
      {"pax without an end of line", bag().entry({.name = "x", .type = 'x'}, "9 path=ab").file("a", "1").end(), kFormat,
       bad},
      {"pax size no number", bag().pax({{"size", "-1"}}).file("a", "1").end(), kFormat, bad},
      {"an extended header and no entry", bag().pax({{"path", "a"}}).end(), kFormat, bad},
      {"a long name and no entry", bag().long_name("a").end(), kFormat, bad},
      {"a pax header over 1 MiB", bag().pax({{"path", too_long}}).file("a", "1").end(), kFormat, limit},
      {"a long name over 1 MiB", bag().long_name(too_long).file("a", "1").end(), kFormat, limit},
      {"sparse: unknown key", bag().pax({{"GNU.sparse.new", "1"}}).file("a", "1").end(), kFormat, bad},
      {"sparse: unknown version", bag().pax({{"GNU.sparse.major", "2"}, {"GNU.sparse.size", "1"}}).file("a", "1").end(),
       kFormat, bad},
      {"sparse: in a global header", bag().pax({{"GNU.sparse.size", "1"}}, 'g').file("a", "1").end(), kFormat, bad},
      {"sparse: no size", bag().pax({{"GNU.sparse.map", "0,1"}}).file("a", "1").end(), kFormat, bad},
      {"sparse: less stored than mapped", sparse_01("0,5", "1"), kFormat, bad},
      {"sparse: more stored than mapped", sparse_01("0,1", "12345"), kFormat, bad},
      {"sparse: overlap", sparse_01("0,3,2,2", "12345"), kFormat, bad},
      {"sparse: over the end", sparse_01("99,5", "12345"), kFormat, bad},
      {"sparse: overflow", sparse_01("9223372036854775807,5", "12345"), kFormat, bad},
      {"sparse: odd map", sparse_01("0,5,9", "12345"), kFormat, bad},
      {"sparse: map no number", sparse_10("x\n"), kFormat, bad},
      {"sparse: map ends with the body", sparse_10("1\n0\n"), kFormat, bad},
      {"sparse: map without blocks", sparse_10("1\n0\n3\nabc"), kFormat, bad},
      {"sparse: millions of pieces", sparse_10("99999999\n" + std::string(600, '0')), kFormat, limit},
      {"cut in the first header", bag().end().substr(0, 300), kEof, eof},
      {"cut in a header, gzip intact", gzip(bag().end().substr(0, 1024 + 100)), kEof, eof},
      {"cut in a file, gzip intact", gzip(bag().end().substr(0, 1024 + 512 + 3)), kEof, eof},
      {"cut in the filling of a file", gzip(bag().end().substr(0, 1024 + 512 + 100)), kEof, eof},
      {"cut before the end mark", gzip(bag().open()), kEof, eof},
      {"cut in the end mark", gzip(bag().open() + std::string(511, '\0')), kEof, eof},
      {"cut in a pax header", gzip(TarBuilder().pax({{"path", "a"}}).open().substr(0, 515)), kEof, eof},
      {"cut in a sparse map",
       TarBuilder()
           .pax({{"GNU.sparse.major", "1"}, {"GNU.sparse.realsize", "9"}})
           .raw(TarBuilder::header({.name = "s", .size = 1024}, 0))
           .raw("1\n")
           .open(),
       kEof, eof},
      {"cut in an old sparse map",
       TarBuilder()
           .raw(TarBuilder::header({.name = "s", .type = 'S', .magic = kGnu, .tail = gnu_tail("", true, 60)}, 0))
           .raw("1")
           .open(),
       kEof, eof},
      {"a size nothing follows", bag().entry({.name = "a", .size = 1ULL << 40U}, "1").end(), kEof, eof},
  };
}
INSTANTIATE_TEST_SUITE_P(Broken, RefusedTest, testing::ValuesIn(broken()));

std::vector<Refused> ends() {
  const std::string trailing = "P2 trailing-data";
  const std::string check = "P2 bad-check-value";
  const std::string packed = gzip(bag().end());
  const auto with = [](std::string text, std::size_t from_end) {
    text[text.size() - from_end] = static_cast<char>(text[text.size() - from_end] ^ 1);
    return text;
  };
  std::string header_crc = gzip_with_fields(bag().end());
  header_crc[10 + 2 + 5 + 9 + 10] = static_cast<char>(header_crc[10 + 2 + 5 + 9 + 10] ^ 1);
  std::string block_type = packed;
  block_type[10] = '\x07';
  return {
      {"gzip CRC", with(packed, 8), kGzip, check},
      {"gzip length", with(packed, 4), kGzip, check},
      {"gzip length of a later, empty member", with(packed + gzip(""), 4), kGzip, check},
      {"gzip CRC behind the end of the tar", with(packed + gzip(std::string(100, '\0')), 8), kGzip, check},
      {"gzip header CRC", header_crc, kGzip, check},
      {"gzip block type", block_type, kGzip, "P2 bad-archive"},
      {"text behind gzip", packed + "text", kTrailing, trailing},
      {"text behind padding", packed + std::string(300000, '\0') + "text", kTrailing, trailing},
      {"gzip behind padding", packed + std::string(5, '\0') + gzip(""), kTrailing, trailing},
      {"a wrong second mark", packed + "\x1fx", kTrailing, trailing},
      {"half a second mark", packed + "\x1f", kEof, "P2 truncated-archive"},
      {"half a second header", packed + gzip("").substr(0, 7), kEof, "P2 truncated-archive"},
      {"text behind the end mark", gzip(bag().end() + "text"), kTrailing, trailing},
      {"text in the record behind it", bag().end() + std::string(512, '\0') + "text", kTrailing, trailing},
      {"text long behind it", gzip(bag().record() + std::string(3000000, '\0') + "x"), kTrailing, trailing},
      {"an entry behind one zero block", bag().raw(std::string(512, '\0')).file("late", "1").end(), kTrailing,
       trailing},
      {"an archive behind the end", bag().end() + TarBuilder().file("late", "1").end(), kTrailing, trailing},
      {"text behind one zero block", bag().open() + std::string(512, '\0') + "x", kTrailing, trailing},
  };
}
INSTANTIATE_TEST_SUITE_P(Ends, RefusedTest, testing::ValuesIn(ends()));

std::vector<Refused> entries() {
  const auto duplicate = [](const std::string& name) {
    return kArchive + "is malformed or has a duplicate entry (" + name + ")";
  };
  const auto unsafe = [](const std::string& name) { return kArchive + "contains an unsafe name (" + name + ")"; };
  const auto forbidden = [](const std::string& what) {
    return kArchive + "contains " + what + " (l): only files and directories are allowed";
  };
  const auto of_type = [](char type) { return gzip(bag().link(type, "./l", "/etc").end()); };
  const auto named = [](const std::string& name) { return bag().pax({{"path", name}}).file("x", "1").end(); };
  const auto two = [](const std::string& a, const std::string& b) {
    return gzip(TarBuilder().file("z", "").file(a, "1").file("m", "").file(b, "2").end());
  };
  const std::string kind = "P3 forbidden-entry l";
  return {
      {"twice", two("1.bin", "1.bin"), duplicate("1.bin"), "P3 duplicate-entry 1.bin"},
      {"twice, adjacent", TarBuilder().file("1.bin", "1").file("1.bin", "1").end(), duplicate("1.bin"),
       "P3 duplicate-entry 1.bin"},
      {"a and ./a", two("a", "./a"), duplicate("a"), "P3 duplicate-entry a"},
      {"a and a/b", two("a", "a/b"), duplicate("a"), "P3 duplicate-entry a"},
      {"a/b and a", two("a/b", "a"), duplicate("a"), "P3 duplicate-entry a"},
      {"file and directory", TarBuilder().file("a", "1").directory("a").end(), duplicate("a"), "P3 duplicate-entry a"},
      {"directory and file", TarBuilder().directory("a/").file("a", "1").end(), duplicate("a"), "P3 duplicate-entry a"},
      {"file and directory below", TarBuilder().file("a", "1").directory("a/b/c").end(), duplicate("a"),
       "P3 duplicate-entry a"},
      {"outward", bag().file("../evil", "1").end(), unsafe("../evil"), "P3 unsafe-name ../evil"},
      {"outward inside", bag().file("a/../../evil", "1").end(), unsafe("a/../../evil"), "P3 unsafe-name a/../../evil"},
      {"absolute", bag().file("/abs", "1").end(), unsafe("/abs"), "P3 unsafe-name /abs"},
      {"outward directory", bag().directory("a/..").end(), unsafe("a/.."), "P3 unsafe-name a/.."},
      {"not UTF-8",
       bag()
           .file("a\xff"
                 "b",
                 "1")
           .end(),
       unsafe("a%FFb"), "P3 unsafe-name a%FFb"},
      {"shown on one line", bag().file("../\n", "1").end(), unsafe("../%0A"), "P3 unsafe-name ../\n"},
      {"a NUL", named(std::string("a\0b", 3)), unsafe("a%00b"), std::string("P3 unsafe-name a\0b", 18)},
      {"no name", bag().file("./.", "1").end(), unsafe("./."), "P3 unsafe-name ./."},
      {"symbolic link", of_type('2'), forbidden("a symbolic link"), kind},
      {"hard link", of_type('1'), forbidden("a hard link"), kind},
      {"character device", of_type('3'), forbidden("a device"), kind},
      {"block device", of_type('4'), forbidden("a device"), kind},
      {"FIFO", of_type('6'), forbidden("a FIFO"), kind},
      {"volume label", of_type('V'), forbidden("an unsupported entry"), kind},
      {"old sparse type in ustar", of_type('S'), forbidden("an unsupported entry"), kind},
      {"vendor type", of_type('Q'), forbidden("an unsupported entry"), kind},
      {"the name is looked at before the kind", bag().link('2', "../l", "x").end(), unsafe("../l"),
       "P3 unsafe-name ../l"},
      {"the kind before what was met", bag().file("l", "1").link('2', "l", "x").end(), forbidden("a symbolic link"),
       kind},
      {"the first refusal counts", bag().file("/abs", "1").file("../evil", "1").open(), unsafe("/abs"),
       "P3 unsafe-name /abs"},
  };
}
INSTANTIATE_TEST_SUITE_P(Entries, RefusedTest, testing::ValuesIn(entries()));

TEST(UnpackTest, FilesComeInTheOrderOfTheArchive) {
  const auto result = unpack(TarBuilder().file("z", "1").file("a", "2").file("m/x", "3").end());
  EXPECT_EQ(result.sink.order, (std::vector<std::string>{"z", "a", "m/x"}));
}

TEST(UnpackTest, NothingBehindARefusedLinkIsDelivered) {
  const auto result = unpack(TarBuilder().file("a", "1").link('2', "d", "/outside").file("d/x", "2").end());
  EXPECT_EQ(result.text(), kArchive + "contains a symbolic link (d): only files and directories are allowed");
  EXPECT_EQ(result.sink.files, (Files{{"a", "1"}}));
}

TEST(LimitsTest, EntriesAreFilesAndDirectoriesApart) {
  const auto tar = TarBuilder().directory("d").file("d/a", "1").directory("e").file("e/b", "2").end();
  EXPECT_EQ(unpack(tar, 512, {.entries = 2}).text(), "ok");
  const auto refused = unpack(tar, 512, {.entries = 1});
  EXPECT_EQ(refused.text(), kArchive + "has more than 1 entries");
  EXPECT_EQ(refused.problems(), "P4 limit-exceeded");
  const auto directories = TarBuilder().file("a", "1").directory("d").directory("e").end();
  EXPECT_EQ(unpack(directories, 512, {.entries = 1}).text(), kArchive + "has more than 1 entries");
}

TEST(LimitsTest, BytesOfAllAndOfOneFile) {
  const auto tar = TarBuilder().file("a", "123456").file("b", "123456").end();
  EXPECT_EQ(unpack(tar, 512, {.bytes = 12}).text(), "ok");
  EXPECT_EQ(unpack(tar, 512, {.bytes = 11}).text(), kArchive + "unpacks to more than 11 bytes");
  EXPECT_EQ(unpack(tar, 512, {.file = 6}).text(), "ok");
  const auto refused = unpack(tar, 512, {.file = 5});
  EXPECT_EQ(refused.text(), kArchive + "unpacks to more than 5 bytes");
  EXPECT_EQ(refused.problems(), "P4 limit-exceeded a");
}

TEST(LimitsTest, SizesAreCountedOnWhatComesOutNotOnHeaders) {
  const auto tar = TarBuilder().entry({.name = "a", .size = 1ULL << 50U}, "1").open();
  EXPECT_EQ(unpack(tar, 512, {.bytes = 1 << 20}).text(), kEof);
}

TEST(LimitsTest, ABombIsStoppedSoonAfterTheLimit) {
  const std::string bomb = gzip(TarBuilder().file("zeros", std::string(100 << 20, '\0')).end(), 9);
  const auto bytes = unpack(bomb, 4096, {.bytes = 5 << 20});
  EXPECT_EQ(bytes.text(), kArchive + "unpacks to more than 5242880 bytes");
  EXPECT_LE(bytes.sink.files.at("zeros").size(), std::size_t{5} << 20);
  EXPECT_LT(bytes.given, bomb.size() / 5);
  const auto ratio = unpack(bomb, 4096, {.ratio = 500, .ratio_from = 8 << 20});
  EXPECT_EQ(ratio.text(), kArchive + "expands more than 500 times");
  EXPECT_EQ(ratio.problems(), "P4 limit-exceeded");
  EXPECT_LE(ratio.sink.files.at("zeros").size(), std::size_t{10} << 20);
  EXPECT_EQ(unpack(bomb, 4096, {.ratio = 500, .ratio_from = 200 << 20}).text(), "ok");
}

TEST(LimitsTest, TheRatioAlsoCountsWhatIsNotContent) {
  const ArchiveLimits limits{.ratio = 20, .ratio_from = 1 << 20};
  const std::string padding = gzip(bag().end() + std::string(50 << 20, '\0'), 9);
  EXPECT_EQ(unpack(padding, 4096, limits).text(), kArchive + "expands more than 20 times");
  TarBuilder headers;
  for (int i = 0; i < 5000; ++i) headers.pax({{"comment", "c"}}, 'g');
  EXPECT_EQ(unpack(gzip(headers.file("a", "1").end(), 9), 4096, limits).text(),
            kArchive + "expands more than 20 times");
  const auto holes =
      TarBuilder().pax({{"GNU.sparse.size", "4611686018427387904"}, {"GNU.sparse.map", ""}}).file("s", "").end();
  EXPECT_EQ(unpack(holes, 4096, limits).text(), kArchive + "expands more than 20 times");
}

TEST(PassThroughTest, AnErrorOfTheSourceIsNoVerdict) {
  const std::string package = gzip(bag().end());
  const Error changed = rejected("the object changed", "k", Reason::truncated);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{5}, std::size_t{60}, package.size()}) {
    MemorySink sink;
    ChunkedSource source(std::string_view(package).substr(0, cut), 10, changed);
    const auto outcome = unpack_archive(source, kLoc, sink);
    ASSERT_FALSE(outcome) << cut;
    EXPECT_EQ(outcome.error().text(), changed.text());
    EXPECT_EQ(outcome.error().reason, Reason::truncated);
    EXPECT_EQ(outcome.error().act, Act::rejected);
  }
}

TEST(PassThroughTest, AnErrorOfTheSinkIsNoVerdict) {
  const std::string package = gzip(bag().end()) + "trailing";
  MemorySink sink;
  sink.refuse_at = "data/a.txt";
  ChunkedSource source(package);
  const auto outcome = unpack_archive(source, kLoc, sink);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().text(), "the disk is away (data/a.txt)");
  EXPECT_EQ(outcome.error().act, Act::temporary);
}

TEST(PassThroughTest, ANameOfAnotherKindFromTheSinkIsNotShown) {
  struct PathSink final : EntrySink {
    Result<void> begin(const std::string&, std::uint64_t) override {
      return broken("exists", "/work/staging/a", Reason::already_exists);
    }
    Result<void> data(ByteView) override { return {}; }
    Result<void> end() override { return {}; }
    Result<void> directory(const std::string&) override { return {}; }
  } sink;
  TextSource source(TarBuilder().file("a", "1").end());
  const auto outcome = unpack_archive(source, kLoc, sink);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<ArchiveRefusal>(*outcome).text, kArchive + "is malformed or has a duplicate entry (a)");
}

TEST(StopTest, AStopIsNoticed) {
  const std::string package = TarBuilder().file("a", std::string(10 << 20, 'a')).end();
  std::stop_source stop;
  MemorySink sink;
  ChunkedSource source(package);
  std::size_t calls = 0;
  const auto outcome = unpack_archive(source, kLoc, sink, {}, stop.get_token(), [&](const UnpackProgress& progress) {
    ++calls;
    EXPECT_EQ(progress.files, 1U);
    if (progress.bytes >= std::uint64_t{3} << 20) stop.request_stop();
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::stopped);
  EXPECT_EQ(outcome.error().act, Act::temporary);
  EXPECT_GE(calls, 2U);
  EXPECT_LT(source.given(), std::size_t{6} << 20);
}

TEST(ProgressTest, IsReportedAboutEveryMegabyte) {
  const std::string package = TarBuilder().file("a", std::string(10 << 20, 'a')).end();
  std::vector<UnpackProgress> seen;
  MemorySink sink;
  ChunkedSource source(package, 4096);
  ASSERT_TRUE(unpack_archive(source, kLoc, sink, {}, {}, [&](const auto& progress) { seen.push_back(progress); }));
  ASSERT_GE(seen.size(), 9U);
  EXPECT_LE(seen.size(), 40U);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GE(seen[i].archive_bytes, seen[i - 1].archive_bytes);
    EXPECT_GE(seen[i].bytes, seen[i - 1].bytes);
  }
}

}  // namespace
}  // namespace strongroom::archive
