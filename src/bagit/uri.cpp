#include "bagit/uri.hpp"

#include <algorithm>

namespace strongroom::bagit {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_unreserved_or_sub_delimiter(char c) {
  constexpr std::string_view kOther = "-._~!$&'()*+,;=";
  return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) > 0x7F || kOther.find(c) != std::string_view::npos;
}

/// Every character is allowed, or begins a whole percent escape.
bool is_made_of(std::string_view text, std::string_view also) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_unreserved_or_sub_delimiter(text[i]) && also.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_host(std::string_view host) {
  if (!host.starts_with('[')) return is_made_of(host, "");
  if (!host.ends_with(']')) return false;
  const auto inside = host.substr(1, host.size() - 2);
  return inside.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos
             ? inside.find(':') != std::string_view::npos
             : (inside.starts_with('v') || inside.starts_with('V')) && is_made_of(inside, ":");
}

std::string_view find_authority_fault(std::string_view authority) {
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos && !is_made_of(authority.substr(0, at), ":")) {
    return "The user information is malformed";
  }
  std::string_view host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    const auto port = host.substr(colon + 1);
    if (!std::all_of(port.begin(), port.end(), is_digit)) return "The port is not a number";
    host = host.substr(0, colon);
  }
  return is_host(host) ? "" : "The host is malformed";
}

}  // namespace

std::string_view find_uri_fault(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return "The scheme is missing";
  std::string_view rest = text.substr(colon + 1);
  const auto hash = rest.find('#');
  if (hash != std::string_view::npos) {
    if (!is_made_of(rest.substr(hash + 1), ":@/?")) return "The fragment has an illegal character or escape";
    rest = rest.substr(0, hash);
  }
  const auto question = rest.find('?');
  if (question != std::string_view::npos) {
    if (!is_made_of(rest.substr(question + 1), ":@/?")) return "The query has an illegal character or escape";
    rest = rest.substr(0, question);
  }
  if (rest.starts_with("//")) {
    const auto slash = std::min(rest.find('/', 2), rest.size());
    const auto fault = find_authority_fault(rest.substr(2, slash - 2));
    if (!fault.empty()) return fault;
    rest = rest.substr(slash);
  }
  if (!is_made_of(rest, ":@/")) return "The path has an illegal character or escape";
  return {};
}

}  // namespace strongroom::bagit
