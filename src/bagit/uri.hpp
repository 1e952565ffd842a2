// Absolute URIs as fetch.txt has them: RFC 3986 section 4.3, raw bytes above 0x7F taken as themselves.
// Pure functions; any thread.
#pragma once

#include <string_view>

namespace strongroom::bagit {

/// What keeps `text` from being an absolute URI, in a few words (`The scheme is missing`); empty when it is one. A
/// fragment is allowed here: which URLs the archive fetches is another rule's affair.
[[nodiscard]] std::string_view find_uri_fault(std::string_view text);

}  // namespace strongroom::bagit
