// Goal: packages as archivists' programs make them are read (B3, B5, B6, B10, names). Method: Info-ZIP, 7-Zip and
// Python pack the same tree in all the ways they have, as child processes.
#include <gtest/gtest.h>

#include "transfers/examination.hpp"
#include "transfers/package/packages.hpp"

namespace strongroom::transfers {
namespace {

const std::string kRights = "file,basis\n" + repeated("objects/reports/page.tif,copyright\n", 35'000 * 20);

/// A package's tree, packed by `line` into package.zip.
std::string packed_by(const std::string& line) {
  const Workshop workshop;
  workshop.write("metadata/metadata.csv", kGoodCsv);
  workshop.write("metadata/rights.csv", kRights);
  workshop.write("reports/page.tif", noise(100'000));
  workshop.write("__MACOSX/metadata/._metadata.csv", std::string(1, '\0') + "\5\x16\7");
  workshop.write("text.txt", repeated("A letter of no importance.\n", 50'000));
  workshop.run(line);
  return workshop.bytes("package.zip");
}

/// A Python program that packs the tree; `zip` is the open package.
std::string packed_by_python(const std::string& lines) {
  return packed_by("cat > pack.py <<'END'\nimport io, zipfile\n" + lines + "\nEND\n/usr/bin/python3 pack.py");
}

struct Packing {
  const char* name;
  const char* line;
};
void PrintTo(const Packing& packing, std::ostream* out) { *out << packing.line; }

class PackingTest : public testing::TestWithParam<Packing> {};

TEST_P(PackingTest, B6_ComesOutAsItWentIn) {
  const PackageContents contents = read(packed_by(GetParam().line));
  EXPECT_EQ(told(contents), "");
  EXPECT_TRUE(contents.readable);
  EXPECT_EQ(contents.metadata_csv, kGoodCsv);
  EXPECT_TRUE(contents.rights_csv == kRights);
  EXPECT_TRUE(contents.listing.contains("reports/page.tif"));
  EXPECT_FALSE(contents.listing.contains("reports/page"));
}

INSTANTIATE_TEST_SUITE_P(
    Programs, PackingTest,
    testing::Values(Packing{"InfoZip", "zip -r package.zip metadata reports"},
                    Packing{"InfoZipStored", "zip -0 -r package.zip ."},
                    Packing{"InfoZipBzip2", "zip -Z bzip2 -r package.zip metadata reports"},
                    Packing{"InfoZipStreamed", "zip -q -r - metadata reports | cat > package.zip"},
                    Packing{"InfoZipZip64", "zip -fz -r package.zip metadata reports"},
                    Packing{"InfoZipComment",
                            "zip -r package.zip metadata reports; printf '%60000s' comment | zip -z package.zip"},
                    Packing{"InfoZipForeignDataInFront",
                            "zip -r a.zip metadata reports; head -c 1024 reports/page.tif | cat - a.zip > package.zip"},
                    Packing{"InfoZipSelfExtracting",
                            "zip -r a.zip metadata reports; head -c 1000 reports/page.tif | cat - a.zip > package.zip; "
                            "zip -A package.zip"},
                    Packing{"SevenZip", "7zz a -tzip package.zip metadata reports"},
                    Packing{"SevenZipDeflate64", "7zz a -tzip -mm=Deflate64 package.zip metadata reports"},
                    Packing{"SevenZipDeflate64Ultra", "7zz a -tzip -mm=Deflate64 -mx=9 package.zip metadata reports"},
                    Packing{"SevenZipBzip2", "7zz a -tzip -mm=BZip2 package.zip metadata reports"},
                    Packing{"SevenZipLzma", "7zz a -tzip -mm=LZMA package.zip metadata reports"},
                    Packing{"SevenZipLzmaEndMark", "7zz a -tzip -mm=LZMA:eos=on package.zip metadata reports"},
                    Packing{"SevenZipStored", "7zz a -tzip -mm=Copy package.zip metadata reports"}),
    [](const auto& row) { return std::string(row.param.name); });

/// A package whose metadata.csv 7-Zip has compressed by deflate64, as it does when told to.
PackageContents by_deflate64(const std::string& csv) {
  const Workshop workshop;
  workshop.write("metadata/metadata.csv", csv);
  workshop.write("a.txt", "payload");
  workshop.run("7zz a -tzip -mm=Deflate64 package.zip metadata a.txt");
  PackageContents contents = read(workshop.bytes("package.zip"));
  EXPECT_EQ(told(contents), "");
  const auto found = contents.listing.find("metadata/metadata.csv");
  EXPECT_TRUE(found && contents.listing.member(*found).method == 9);
  return contents;
}

std::vector<std::string> problems_of(const Examination& examination) {
  std::vector<std::string> codes;
  for (const Finding& finding : examination.report.findings.kept()) {
    if (finding.severity == Severity::problem) codes.push_back(finding.code);
  }
  return codes;
}

TEST(OtherProgramsTest, B6_Deflate64IsCheckedLikeAnyOther) {
  using Codes = std::vector<std::string>;
  const std::string more = repeated("again and again ", 4000);
  const std::string head = "filename,collection_reference,accession_number,note\n";
  const std::string row = "objects/,WT,2314_2," + more + "\n";
  const std::string key = "born-digital-accessions/WT_B_9_2_2.zip";
  const Examination good = examine({}, key, by_deflate64(head + row));
  EXPECT_EQ(problems_of(good), Codes{});
  EXPECT_EQ(good.identifiers.accession_number, "2314_2") << "it always comes from the CSV";
  EXPECT_EQ(problems_of(examine({}, key, by_deflate64(head + row + row))), Codes{"META-ROWS"});
  const Examination catalogued =
      examine({}, "born-digital/x.zip", by_deflate64("filename,dc.identifier,note\nobjects/,LE/MON/1," + more + "\n"));
  EXPECT_EQ(problems_of(catalogued), Codes{});
  EXPECT_EQ(catalogued.identifiers.catalogue_identifier, "LE/MON/1");
}

TEST(OtherProgramsTest, B10_TheVerdictIsThatOfTheLast) {
  const std::string bad = "filename,dc.identifier\nobjects/,A\nobjects/,B\n";
  const auto codes = [](const std::string& first, const std::string& last) {
    const std::string zip =
        testing_support::ZipBuilder().file("a.txt", "x").add(csv_member(first)).add(csv_member(last)).build();
    const Examination examined = examine({}, "born-digital/x.zip", read(zip));
    std::vector<std::string> all;
    for (const Finding& finding : examined.report.findings.kept()) {
      if (finding.code != "W-NO-RIGHTS") all.push_back(finding.code);
    }
    return all;
  };
  EXPECT_EQ(codes(bad, kGoodCsv), (std::vector<std::string>{"W-DUPLICATE-MEMBER"}));
  EXPECT_EQ(codes(kGoodCsv, bad), (std::vector<std::string>{"W-DUPLICATE-MEMBER", "META-ROWS"}));
}

TEST(OtherProgramsTest, B3_FilesThatAMacAdds) {
  const PackageContents contents = read(packed_by("zip -r package.zip ."));
  EXPECT_EQ(told(contents), "");
  EXPECT_TRUE(contents.listing.contains("__MACOSX/metadata/._metadata.csv"));
  EXPECT_TRUE(contents.listing.is_directory(*contents.listing.find("metadata/")));
}

TEST(OtherProgramsTest, PythonInAllItsWays) {
  const std::string add =
      "  for name in 'metadata/metadata.csv', 'metadata/rights.csv', 'reports/page.tif':\n"
      "    zip.write(name)";
  for (const std::string method : {"STORED", "DEFLATED", "BZIP2", "LZMA"}) {
    const PackageContents contents =
        read(packed_by_python("with zipfile.ZipFile('package.zip', 'w', zipfile.ZIP_" + method + ") as zip:\n" + add));
    EXPECT_EQ(told(contents), "") << method;
    EXPECT_EQ(contents.metadata_csv, kGoodCsv) << method;
    EXPECT_TRUE(contents.rights_csv == kRights) << method;
  }
  const PackageContents streamed =
      read(packed_by_python("class Pipe(io.RawIOBase):\n"
                            "  def __init__(self): self.file = open('package.zip', 'wb')\n"
                            "  def writable(self): return True\n"
                            "  def write(self, b): return self.file.write(b)\n"
                            "with zipfile.ZipFile(Pipe(), 'w', zipfile.ZIP_DEFLATED) as zip:\n" +
                            add));
  EXPECT_EQ(told(streamed), "");
  EXPECT_EQ(streamed.metadata_csv, kGoodCsv);
}

TEST(OtherProgramsTest, ZstdWithinAZip) {
  // No program here makes method 93, so the frame of `zstd` is put into one.
  const Workshop workshop;
  workshop.write("rights.csv", kRights);
  workshop.run("zstd -q -19 rights.csv");
  testing_support::ZipMember rights;
  rights.name = "metadata/rights.csv";
  rights.content = kRights;
  rights.packed = workshop.bytes("rights.csv.zst");
  rights.method_told = 93;
  const std::string zip = testing_support::ZipBuilder().add(rights).build();
  EXPECT_TRUE(read(zip).rights_csv == kRights);
  rights.packed->pop_back();
  EXPECT_EQ(told(read(testing_support::ZipBuilder().add(rights).build())), "ZIP-CORRUPT metadata/rights.csv");
}

TEST(OtherProgramsTest, B10_PythonAddsAMemberAgain) {
  const PackageContents contents =
      read(packed_by_python("with zipfile.ZipFile('package.zip', 'w') as zip:\n"
                            "  zip.writestr('metadata/metadata.csv', 'bad')\n"
                            "  zip.writestr('metadata/metadata.csv', 'good')"));
  EXPECT_EQ(told(contents), "W-DUPLICATE-MEMBER metadata/metadata.csv");
  EXPECT_EQ(contents.metadata_csv, "good");
}

TEST(OtherProgramsTest, B5_Encrypted) {
  for (const std::string line : {"zip -P secret -r package.zip metadata", "7zz a -tzip -psecret package.zip metadata",
                                 "7zz a -tzip -psecret -mem=AES256 package.zip metadata"}) {
    const PackageContents contents = read(packed_by(line));
    EXPECT_EQ(told(contents), "ZIP-ENCRYPTED") << line;
    EXPECT_NE(contents.findings.at(0).description.find("\"metadata/metadata.csv\""), std::string::npos) << line;
    EXPECT_EQ(contents.metadata_csv, std::nullopt);
  }
  const PackageContents payload =
      read(packed_by("zip -r package.zip metadata && zip -P secret package.zip reports/page.tif"));
  EXPECT_EQ(told(payload), "ZIP-ENCRYPTED reports/page.tif");
  EXPECT_EQ(payload.metadata_csv, kGoodCsv);
}

TEST(OtherProgramsTest, B5_PartsOfASplitZip) {
  const std::string split = "zip -0 -s 65k -r set.zip metadata reports && ";
  EXPECT_EQ(told(read(packed_by(split + "mv set.z01 package.zip"))), "ZIP-MULTIDISK") << "first";
  EXPECT_EQ(told(read(packed_by(split + "mv set.zip package.zip"))), "ZIP-MULTIDISK") << "last";
  EXPECT_EQ(told(read(packed_by(split + "cat set.z0? set.zip > package.zip"))), "ZIP-MULTIDISK") << "put together";
  // Put together by the program that split it, it is a whole one.
  EXPECT_EQ(told(read(packed_by(split + "zip -s 0 set.zip --out package.zip"))), "");
  const std::string volumes = "7zz a -tzip -mm=Copy -v65k set.zip metadata reports && ";
  EXPECT_EQ(told(read(packed_by(volumes + "mv set.zip.001 package.zip"))), "ZIP-TRUNCATED");
}

TEST(OtherProgramsTest, B7_CompressionsThatAreNotUnderstood) {
  const PackageContents csv = read(packed_by("7zz a -tzip -mm=PPMd package.zip metadata/rights.csv"));
  EXPECT_EQ(told(csv), "ZIP-METHOD metadata/rights.csv");
  EXPECT_NE(csv.findings.at(0).description.find("(method 98, PPMd)"), std::string::npos);
  const PackageContents payload =
      read(packed_by("7zz a -tzip package.zip metadata/metadata.csv && 7zz a -tzip -mm=PPMd package.zip text.txt"));
  EXPECT_EQ(told(payload), "W-METHOD text.txt");
  EXPECT_EQ(payload.metadata_csv, kGoodCsv);
}

constexpr const char* kName = "reports/café – ☃.txt";
const std::string kWithName = "echo x > 'reports/café – ☃.txt' && export LC_ALL=C.UTF-8 && ";

TEST(OtherProgramsTest, NamesMarkedAsUtf8) {
  for (const std::string line : {"7zz a -tzip package.zip reports", "7zz a -tzip -mcu=on package.zip reports"}) {
    const PackageContents contents = read(packed_by(kWithName + line));
    EXPECT_EQ(told(contents), "");
    const auto found = contents.listing.find(kName);
    ASSERT_TRUE(found) << line;
    EXPECT_EQ(contents.listing.utf8_reading(*found), std::nullopt);
  }
}

TEST(OtherProgramsTest, InfoZipLeavesTheMarkOut) {
  const PackageContents contents = read(packed_by(kWithName + "zip -r package.zip reports"));
  EXPECT_EQ(told(contents), "");
  EXPECT_FALSE(contents.listing.contains(kName));
  const auto found = contents.listing.find_utf8_reading(kName);
  ASSERT_TRUE(found);
  EXPECT_EQ(contents.listing.utf8_reading(*found), kName);
  EXPECT_EQ(contents.listing.name(*found), "reports/caf├⌐ ΓÇô Γÿâ.txt");
}

TEST(OtherProgramsTest, NamesWithoutAMark) {
  // As programs wrote them that knew neither the mark nor code pages.
  const PackageContents contents =
      read(packed_by_python("with zipfile.ZipFile('package.zip', 'w') as zip:\n"
                            "  zip.writestr('caf#$.txt', 'x')\n"
                            "  zip.writestr('na%.txt', 'x')\n"
                            "  zip.writestr('back\\\\slash.txt', 'x')\n"
                            "zip = open('package.zip', 'rb').read()\n"
                            "zip = zip.replace(b'caf#$', 'caf\\u00e9'.encode()).replace(b'na%', b'na\\x8b')\n"
                            "open('package.zip', 'wb').write(zip)"));
  EXPECT_EQ(told(contents), "");
  EXPECT_EQ(names_of(contents), (std::vector<std::string>{"caf├⌐.txt", "naï.txt", "back\\slash.txt"}));
  EXPECT_EQ(contents.listing.utf8_reading(0), "café.txt");
  EXPECT_EQ(contents.listing.find_utf8_reading("café.txt"), 0U);
  EXPECT_EQ(contents.listing.utf8_reading(1), std::nullopt) << "no UTF-8";
  EXPECT_EQ(contents.listing.utf8_reading(2), std::nullopt) << "ASCII";
}

}  // namespace
}  // namespace strongroom::transfers
