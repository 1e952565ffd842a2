#include "domain/callback_url.hpp"

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom {
namespace {

constexpr std::string_view kSubDelims = "!$&'()*+,;=";
constexpr std::string_view kIdMark = "{id}";

// ---- Addresses

/// The bytes of an address in network order: 4 or 16.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;

  [[nodiscard]] bool is_v4() const { return size == 4; }
};

struct Network {
  Address base;
  std::size_t bits = 0;
};

Address v4_of(std::span<const std::uint8_t> four) {
  Address address;
  address.size = 4;
  std::copy_n(four.begin(), 4, address.bytes.begin());
  return address;
}

/// Dotted decimal, or IPv6 as RFC 4291 writes it; no zone.
std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = 4;
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = 16;
    return address;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_in_base(std::string_view digits, unsigned base) {
  std::uint64_t value = 0;
  for (char c : digits) {
    unsigned digit = 16;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A') + 10;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
    if (value > 0xFFFFFFFFU) return std::nullopt;
  }
  return value;
}

/// One part of an old-style address: decimal, octal after `0`, hexadecimal after `0x`.
std::optional<std::uint64_t> parse_part(std::string_view part) {
  if (part.empty()) return std::nullopt;
  if (part.starts_with("0x") || part.starts_with("0X")) return parse_in_base(part.substr(2), 16);
  return parse_in_base(part, part.front() == '0' ? 8 : 10);
}

/// Every spelling of an IPv4 address that the resolver of a C library takes: one to four parts, the last one filling
/// the bytes that are left. With a dot at the end too, which some clients cut off before they look.
std::optional<Address> parse_loose_v4(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto parts = split(host, '.');
  if (parts.size() > 4) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parse_part(parts[i]);
    if (!part) return std::nullopt;
    const bool last = i + 1 == parts.size();
    const unsigned width = last ? static_cast<unsigned>(8 * (4 - i)) : 8U;
    if (*part >> width != 0) return std::nullopt;
    number = (number << width) | *part;
  }
  const std::array<std::uint8_t, 4> bytes = {
      static_cast<std::uint8_t>(number >> 24U), static_cast<std::uint8_t>(number >> 16U),
      static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)};
  return v4_of(bytes);
}

bool is_inside(const Address& address, const Network& network) {
  if (address.size != network.base.size) return false;
  for (std::size_t bit = 0; bit < network.bits; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    if (((address.bytes[bit / 8] ^ network.base.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  const auto bits = parse_number(digits);
  if (!base || !bits || *bits > base->size * 8 || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  // An address with bits behind the prefix is more likely a slip than a network.
  for (std::size_t bit = *bits; bit < base->size * 8; ++bit) {
    if ((base->bytes[bit / 8] & (0x80U >> (bit % 8))) != 0) return std::nullopt;
  }
  return Network{*base, *bits};
}

bool is_in_any(const Address& address, std::span<const std::string_view> networks) {
  return std::any_of(networks.begin(), networks.end(), [&](std::string_view text) {
    const auto network = parse_network(text);
    CHECK(network.has_value());
    return is_inside(address, *network);
  });
}

bool is_loopback_address(const Address& address) {
  static constexpr std::array<std::string_view, 2> kLoopback = {"127.0.0.0/8", "::1/128"};
  return is_in_any(address, kLoopback);
}

/// Where nothing but our own side of the network answers (pipeline.md 11.3); loopback is asked apart.
bool is_inner(const Address& address) {
  static constexpr std::array<std::string_view, 16> kInner = {
      "0.0.0.0/8",         // unspecified: "this network"
      "10.0.0.0/8",        // RFC 1918
      "100.64.0.0/10",     // RFC 6598; holds a provider's metadata address, 100.100.100.200
      "168.63.129.16/32",  // a provider's host service, public in form only
      "169.254.0.0/16",    // link-local; holds the metadata address 169.254.169.254
      "172.16.0.0/12",     // RFC 1918
      "192.0.0.0/24",      // protocol assignments; holds a metadata address, 192.0.0.192
      "192.168.0.0/16",    // RFC 1918
      "224.0.0.0/4",       // multicast
      "240.0.0.0/4",       // reserved, and broadcast
      "::/128",            // unspecified
      "64:ff9b:1::/48",    // local translation, RFC 8215: which IPv4 address is inside depends on the site
      "fc00::/7",          // unique local; holds the metadata address fd00:ec2::254
      "fe80::/10",         // link-local
      "fec0::/10",         // site-local of old
      "ff00::/8",          // multicast
  };
  return is_in_any(address, kInner);
}

/// The IPv4 addresses that an IPv6 address stands for or is carried to.
std::vector<Address> embedded_addresses(const Address& address) {
  static constexpr std::array<std::string_view, 4> kAtTheEnd = {
      "::ffff:0:0/96",    // mapped
      "::ffff:0:0:0/96",  // translated, RFC 2765
      "::/96",            // "compatible", RFC 4291
      "64:ff9b::/96",     // NAT64, RFC 6052
  };
  std::vector<Address> inner;
  if (address.is_v4()) return inner;
  const std::span<const std::uint8_t> bytes(address.bytes);
  if (is_in_any(address, kAtTheEnd)) inner.push_back(v4_of(bytes.subspan(12)));
  if (is_in_any(address, std::array<std::string_view, 1>{"2002::/16"})) inner.push_back(v4_of(bytes.subspan(2)));
  if (is_in_any(address, std::array<std::string_view, 1>{"2001::/32"})) {
    // Teredo, RFC 4380: the server, and the client with every bit turned.
    inner.push_back(v4_of(bytes.subspan(4)));
    Address client = v4_of(bytes.subspan(12));
    for (std::size_t i = 0; i < 4; ++i) client.bytes[i] = static_cast<std::uint8_t>(~client.bytes[i]);
    inner.push_back(client);
  }
  // ISATAP, RFC 5214: interface identifiers 0000:5efe and 0200:5efe.
  if ((bytes[8] & 0xFDU) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE) {
    inner.push_back(v4_of(bytes.subspan(12)));
  }
  return inner;
}

bool is_configured(const Address& address, const CallbackPolicy& policy) {
  return std::any_of(policy.allowed_networks.begin(), policy.allowed_networks.end(), [&](const std::string& text) {
    const auto network = parse_network(text);
    return network && is_inside(address, *network);
  });
}

bool is_allowed(const Address& address, const CallbackPolicy& policy) {
  if (is_configured(address, policy)) return true;
  if (is_loopback_address(address)) return policy.loopback_allowed;
  if (is_inner(address)) return false;
  const auto inner = embedded_addresses(address);
  return std::all_of(inner.begin(), inner.end(), [&](const Address& one) { return is_allowed(one, policy); });
}

// ---- Syntax

/// The parts of an absolute URL as RFC 3986 3 cuts them.
struct UrlParts {
  std::string_view scheme;
  std::string_view authority;
  std::string_view path_and_query;
};

std::optional<UrlParts> cut_url(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::size_t begin = colon + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  return UrlParts{url.substr(0, colon), url.substr(begin, end - begin), url.substr(end)};
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Only unreserved characters, sub-delims, those of `also`, and whole percent escapes.
bool is_made_of(std::string_view text, std::string_view also) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
      i += 2;
      continue;
    }
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            std::string_view("-._~").find(c) != std::string_view::npos;
    if (!unreserved && kSubDelims.find(c) == std::string_view::npos && also.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_port(std::string_view text) {
  if (text.empty()) return true;
  const auto number = parse_number(text);
  return number && *number >= 1 && *number <= 65535;
}

/// The host of an authority in legal form, brackets included; nothing otherwise. Escapes in a host name are refused: a
/// name in the DNS needs none, and they would hide an address.
std::optional<std::string_view> host_of(std::string_view authority) {
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    if (!is_made_of(authority.substr(0, at), ":")) return std::nullopt;
    authority.remove_prefix(at + 1);
  }
  std::size_t end = 0;
  if (authority.starts_with('[')) {
    end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto literal = parse_address(authority.substr(1, end - 1));
    if (!literal || literal->is_v4()) return std::nullopt;
    ++end;
  } else {
    end = std::min(authority.find(':'), authority.size());
    const std::string_view name = authority.substr(0, end);
    if (name.empty() || name.find('%') != std::string_view::npos || !is_made_of(name, {})) return std::nullopt;
  }
  const std::string_view rest = authority.substr(end);
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
  return authority.substr(0, end);
}

std::string replace_id(std::string_view text, std::string_view id) {
  std::string replaced;
  for (std::size_t at = 0;;) {
    const auto mark = text.find(kIdMark, at);
    replaced.append(text.substr(at, mark - at));
    if (mark == std::string_view::npos) return replaced;
    replaced.append(id);
    at = mark + kIdMark.size();
  }
}

/// The host when the whole URL is in legal form.
std::optional<std::string_view> legal_host(std::string_view url) {
  const auto parts = cut_url(url);
  if (!parts) return std::nullopt;
  const std::string scheme = to_lower_ascii(parts->scheme);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  // A fragment's `#` is in none of the sets, nor is any brace but those of the mark.
  if (!is_made_of(replace_id(parts->path_and_query, "id"), ":@/?")) return std::nullopt;
  return host_of(parts->authority);
}

}  // namespace

std::string callback_url_fault(std::string_view url, const CallbackPolicy& policy) {
  const auto host = legal_host(url);
  if (!host) return "must be an absolute http or https URL.";
  if (url.size() > limits::kCallbackUrlMax) {
    return "must not be longer than " + std::to_string(limits::kCallbackUrlMax) + " bytes.";
  }
  const bool bracketed = host->starts_with('[');
  const std::string_view bare = bracketed ? host->substr(1, host->size() - 2) : *host;
  const auto address = bracketed ? parse_address(bare) : parse_loose_v4(bare);
  if (address && !is_allowed(*address, policy)) return "the address " + std::string(bare) + " is not allowed.";
  return {};
}

bool callback_address_allowed(std::string_view address, const CallbackPolicy& policy) {
  const auto parsed = parse_address(address);
  return parsed && is_allowed(*parsed, policy);
}

bool is_network(std::string_view network) { return parse_network(network).has_value(); }

bool is_loopback(std::string_view address) {
  const auto parsed = parse_address(address);
  return parsed && is_loopback_address(*parsed);
}

std::string masked_callback_url(std::string_view url) {
  std::string masked;
  if (const auto parts = cut_url(url)) {
    const auto at = parts->authority.rfind('@');
    masked.append(parts->scheme).append("://");
    if (at != std::string_view::npos) masked.append("***");
    masked.append(parts->authority.substr(at == std::string_view::npos ? 0 : at));
    url = parts->path_and_query;
  }
  const auto query = url.find('?');
  masked.append(url.substr(0, query));
  if (query != std::string_view::npos) masked.append("?***");
  return masked;
}

std::string resolved_callback_url(std::string_view url, std::string_view ingest_id) {
  return replace_id(url, ingest_id);
}

}  // namespace strongroom
