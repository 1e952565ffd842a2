// The document of a bag version (http-api.md 5.1), made from its stored description as a stream.
//
// Pulled piece by piece in bounded memory. Its end is written only after the description has been read to its end,
// where its digest is checked: what does not match breaks off. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json_text.hpp"
#include "domain/description.hpp"
#include "domain/version_row.hpp"
#include "ports/http.hpp"

namespace strongroom::api {

struct BagDocumentFacts {
  std::string context_url;
  VersionRow row;  ///< registered
  std::vector<LocationFacts> locations;
};

class BagDocument final : public HttpBody {
 public:
  /// Reads the head of the description, so that what is wrong with it is known before the first byte has gone out.
  static Result<std::shared_ptr<BagDocument>> open(std::unique_ptr<ByteSource> description, BagDocumentFacts facts);

  Result<Pull> pull(std::string& out, std::size_t max) override;

 private:
  enum class Part : std::uint8_t { head, payload, tags, end };

  BagDocument(std::unique_ptr<ByteSource> description, BagDocumentFacts facts);
  Result<void> read_head();
  Result<void> step(std::string& out);
  Result<void> write_file(std::string& out, const DescribedFile& file, Algorithm algorithm);
  Result<void> write_end(std::string& out);

  std::unique_ptr<ByteSource> description_;
  DescriptionReader reader_;
  const BagDocumentFacts facts_;
  Part part_ = Part::head;
  std::string head_;         ///< up to and with `"files":[` of the payload, until it has been taken
  std::string tag_opening_;  ///< from the end of the payload's files to `"files":[` of the tag files
  std::string bag_path_;     ///< `{space}/{externalIdentifier}`
  Algorithm payload_algorithm_ = Algorithm::sha256;
  Algorithm tag_algorithm_ = Algorithm::md5;
  bool first_file_ = true;
};

}  // namespace strongroom::api
