// Signature Version 4 against the examples of the S3 API reference ("Signature calculations for the Authorization
// header", "Authenticating requests: using query parameters").
#include "adapters/cloud/aws_signature.hpp"

#include <gmock/gmock.h>

#include "base/digest.hpp"

namespace strongroom::cloud {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

const AwsKeys kKeys = {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const AwsScope kScope = {"us-east-1", "s3"};
const Instant kNow = *parse_instant("2013-05-24T00:00:00Z");

AwsRequest example(const std::string& method, const std::string& path) {
  return {method, "examplebucket.s3.amazonaws.com", path, {}, {}, empty_sha256()};
}

std::string authorization(const AwsRequest& request, const AwsKeys& keys = kKeys) {
  return std::string(find_header(sign(request, keys, kScope, kNow), "Authorization").value_or(""));
}

TEST(AwsSignatureTest, AgreesWithThePublishedGet) {
  AwsRequest request = example("GET", "/test.txt");
  request.headers = {{"Range", "bytes=0-9"}};
  EXPECT_EQ(authorization(request),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(AwsSignatureTest, AgreesWithThePublishedPut) {
  AwsRequest request = example("PUT", "/test%24file.text");
  request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  request.sha256 = digest_of(Algorithm::sha256, "Welcome to Amazon S3.").hex();
  EXPECT_THAT(authorization(request),
              EndsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(AwsSignatureTest, AgreesWithThePublishedQueries) {
  AwsRequest request = example("GET", "/");
  request.query = {{"lifecycle", ""}};
  EXPECT_THAT(authorization(request),
              EndsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
  request.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_THAT(authorization(request),
              EndsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(AwsSignatureTest, AgreesWithThePublishedUrl) {
  const std::string query = presign(example("GET", "/test.txt"), kKeys, kScope, kNow, std::chrono::hours(24));
  EXPECT_THAT(query, HasSubstr("X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="));
  EXPECT_THAT(query, EndsWith("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
}

TEST(AwsSignatureTest, TemporaryKeysAreSignedWithTheirSession) {
  const AwsKeys keys = {kKeys.access_key, kKeys.secret_key, "a+session"};
  EXPECT_EQ(find_header(sign(example("GET", "/"), keys, kScope, kNow), "x-amz-security-token"), "a+session");
  EXPECT_THAT(authorization(example("GET", "/"), keys), HasSubstr(";x-amz-security-token,"));
  EXPECT_THAT(presign(example("GET", "/"), keys, kScope, kNow, std::chrono::hours(1)),
              HasSubstr("X-Amz-Security-Token=a%2Bsession"));
}

TEST(AwsSignatureTest, OtherServicesSendNoDigestOfTheirOwn) {
  const HttpHeaders headers = sign(example("POST", "/"), kKeys, {"eu-west-1", "sns"}, kNow);
  EXPECT_FALSE(find_header(headers, "x-amz-content-sha256"));
  EXPECT_THAT(std::string(*find_header(headers, "Authorization")), HasSubstr("/20130524/eu-west-1/sns/aws4_request"));
}

TEST(AwsSignatureTest, QueriesAreSortedAsTheyAreEncoded) {
  EXPECT_EQ(canonical_query({{"b", "1 2"}, {"a", "é"}, {"A", ""}, {"a", "/"}}), "A=&a=%2F&a=%C3%A9&b=1%202");
}

}  // namespace
}  // namespace strongroom::cloud
