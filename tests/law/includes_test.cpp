// The dependency law holds: every include of src/ is read. Before that, the rules themselves are tried on made-up
// files.
#include "law/includes.hpp"

#include <gtest/gtest.h>

namespace strongroom::law {
namespace {

struct Case {
  std::string file;
  std::string include;
  bool allowed;
};

class IncludeRuleTest : public ::testing::TestWithParam<Case> {};

TEST_P(IncludeRuleTest, Holds) {
  const Case c = GetParam();
  const Offences offences = check_includes({c.file, "// A file.\n#include " + c.include + "\n"});
  ASSERT_EQ(offences.size(), c.allowed ? 0U : 1U) << c.file << " including " << c.include << '\n' << report(offences);
  if (!c.allowed) {
    EXPECT_EQ(offences[0].file, c.file);
    EXPECT_EQ(offences[0].line, 2U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Layers, IncludeRuleTest,
    ::testing::Values(
        Case{"src/base/a.cpp", "\"base/b.hpp\"", true}, Case{"src/base/a.cpp", "\"domain/b.hpp\"", false},
        Case{"src/domain/a.hpp", "\"base/b.hpp\"", true}, Case{"src/domain/a.hpp", "\"ports/b.hpp\"", false},
        Case{"src/bagit/a.cpp", "\"domain/b.hpp\"", true}, Case{"src/bagit/a.cpp", "\"archive/b.hpp\"", false},
        Case{"src/bagit/a.cpp", "\"ports/b.hpp\"", false}, Case{"src/archive/a.cpp", "\"bagit/b.hpp\"", false},
        Case{"src/ports/a.hpp", "\"domain/b.hpp\"", true}, Case{"src/ports/a.hpp", "\"bagit/b.hpp\"", false},
        Case{"src/contracts/a.hpp", "\"ports/b.hpp\"", true},
        Case{"src/contracts/a.cpp", "\"adapters/host/b.hpp\"", false},
        Case{"src/ingest/walker.cpp", "\"ports/b.hpp\"", true},
        Case{"src/ingest/walker.cpp", "\"adapters/objects/memory/b.hpp\"", false},
        Case{"src/ingest/walker.cpp", "\"retrieve/b.hpp\"", false},
        Case{"src/retrieve/a.cpp", "\"ingest/b.hpp\"", false}, Case{"src/retrieve/a.cpp", "\"api/b.hpp\"", false},
        Case{"src/api/a.cpp", "\"retrieve/b.hpp\"", true}, Case{"src/api/a.cpp", "\"ingest/receive.hpp\"", true},
        Case{"src/api/a.cpp", "\"ingest/unpack.hpp\"", false},
        Case{"src/api/a.cpp", "\"adapters/web/server/b.hpp\"", false}, Case{"src/api/a.cpp", "\"cli/b.hpp\"", false},
        Case{"src/adapters/web/server/a.cpp", "\"ports/b.hpp\"", true},
        Case{"src/adapters/web/server/a.cpp", "\"adapters/web/client/b.hpp\"", true},
        Case{"src/adapters/web/server/a.cpp", "\"adapters/host/b.hpp\"", false},
        Case{"src/adapters/areas/s3/a.cpp", "\"adapters/objects/s3/bucket.hpp\"", true},
        Case{"src/adapters/areas/s3/a.cpp", "\"adapters/objects/s3/store.hpp\"", false},
        Case{"src/adapters/web/a.cpp", "\"adapters/objects/s3/bucket.hpp\"", false},
        Case{"src/adapters/web/server/a.cpp", "\"ingest/receive.hpp\"", false},
        Case{"src/cli/wiring.cpp", "\"adapters/host/b.hpp\"", true},
        Case{"src/cli/wiring.cpp", "\"ingest/walker.hpp\"", true}, Case{"src/main.cpp", "\"cli/run.hpp\"", true},
        Case{"src/base/a.cpp", "\"cli/b.hpp\"", false}, Case{"src/attic/a.cpp", "\"base/b.hpp\"", false},
        Case{"src/base/a.cpp", "\"b.hpp\"", false}, Case{"src/base/a.cpp", "\"../base/b.hpp\"", false},
        Case{"tests/base/a.cpp", "\"adapters/host/b.hpp\"", true}));

INSTANTIATE_TEST_SUITE_P(Rooms, IncludeRuleTest,
                         ::testing::Values(Case{"src/ingest/verify.cpp", "\"ingest/verify.hpp\"", true},
                                           Case{"src/ingest/verify.cpp", "\"ingest/rooms.hpp\"", true},
                                           Case{"src/ingest/verify.cpp", "\"ingest/unpack.hpp\"", false},
                                           Case{"src/ingest/verify.cpp", "\"ingest/walker.hpp\"", false},
                                           Case{"src/ingest/compare.hpp", "\"ingest/confirm.hpp\"", false},
                                           Case{"src/ingest/route.hpp", "\"ingest/unpack.hpp\"", true},
                                           Case{"src/ingest/walker.cpp", "\"ingest/notify.hpp\"", true}));

INSTANTIATE_TEST_SUITE_P(
    Foreign, IncludeRuleTest,
    ::testing::Values(
        Case{"src/domain/a.cpp", "<boost/json.hpp>", true}, Case{"src/domain/a.hpp", "<boost/json.hpp>", false},
        Case{"src/base/a.cpp", "<boost/json.hpp>", false}, Case{"src/api/a.cpp", "<boost/beast/http.hpp>", false},
        Case{"src/adapters/web/server/a.cpp", "<boost/beast/http.hpp>", true},
        Case{"src/adapters/web/server/asio.hpp", "<boost/asio.hpp>", true},
        Case{"src/adapters/web/server/b.hpp", "<boost/asio.hpp>", false},
        Case{"src/adapters/web/server/b.hpp", "\"adapters/web/server/asio.hpp\"", true},
        Case{"src/adapters/web/client/b.hpp", "\"adapters/web/server/asio.hpp\"", false},
        Case{"src/cli/b.cpp", "\"adapters/catalogue/sqlite/database.hpp\"", false},
        Case{"src/adapters/host/a.cpp", "<spdlog/logger.h>", true}, Case{"src/cli/a.cpp", "<spdlog/logger.h>", false},
        Case{"src/cli/a.cpp", "<CLI/CLI.hpp>", true}, Case{"src/cli/a.hpp", "<CLI/CLI.hpp>", false},
        Case{"src/cli/a.cpp", "<toml++/toml.h>", true}, Case{"src/api/a.cpp", "<toml++/toml.h>", false},
        Case{"src/base/a.cpp", "<zlib.h>", true}, Case{"src/archive/a.cpp", "<zlib.h>", false},
        Case{"src/api/a.cpp", "<openssl/evp.h>", true}, Case{"src/domain/a.cpp", "<openssl/evp.h>", false},
        Case{"src/adapters/catalogue/sqlite/a.cpp", "<sqlite3.h>", true},
        Case{"src/adapters/catalogue/memory/a.cpp", "<sqlite3.h>", false},
        Case{"src/archive/a.cpp", "<isa-l/igzip_lib.h>", true}, Case{"src/bagit/a.cpp", "<unicode/unistr.h>", true},
        Case{"src/api/a.cpp", "<unicode/unistr.h>", false}, Case{"src/cli/a.cpp", "<curl/curl.h>", false},
        Case{"src/cli/a.cpp", "<archive.h>", true}, Case{"src/base/a.cpp", "<vector>", true}));

TEST(IncludesTest, ReadsIncludesAsTheCompilerDoes) {
  const std::string text =
      "// #include \"cli/a.hpp\"\n"
      "/* \n#include \"cli/b.hpp\"\n*/\n"
      "const char* x = \"#include \\\"cli/c.hpp\\\"\";\n"
      "  #  include   \"cli/d.hpp\" // why\n";
  const Offences offences = check_includes({"src/base/a.cpp", text});
  ASSERT_EQ(offences.size(), 1U) << report(offences);
  EXPECT_EQ(offences[0].line, 6U);
}

TEST(LawTest, TheDependencyLawHolds) {
  Offences offences;
  std::size_t files = 0;
  for (const SourceFile& file : read_project(STRONGROOM_SOURCE_DIR)) {
    if (file.is_under("src") && file.is_cpp()) ++files;
    const Offences found = check_includes(file);
    offences.insert(offences.end(), found.begin(), found.end());
  }
  EXPECT_GT(files, 50U) << "the sources were not found";
  EXPECT_TRUE(offences.empty()) << report(offences);
}

}  // namespace
}  // namespace strongroom::law
