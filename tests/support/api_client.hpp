// Drives an HttpHandler as a server would, without sockets.
//
// A request is built piece by piece and sent; the answer comes back whole, its streamed body pulled to the end.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/http.hpp"

namespace strongroom::test {

struct ApiAnswer {
  int status = 0;
  HttpHeaders headers;
  std::string text;
  bool early = false;    ///< given before the body had arrived whole
  bool aborted = false;  ///< the streamed body broke off
  std::size_t pieces = 0;

  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(find_header(headers, name).value_or(""));
  }
  [[nodiscard]] bool has_header(std::string_view name) const { return find_header(headers, name).has_value(); }
  /// The body as a JSON object; a failed expectation and an empty object when it is none.
  [[nodiscard]] boost::json::object json() const {
    boost::system::error_code error;
    const auto value = boost::json::parse(text, error);
    EXPECT_FALSE(error) << text;
    EXPECT_TRUE(value.is_object()) << text;
    return value.is_object() ? value.get_object() : boost::json::object();
  }
  /// The text at a path of member names such as `bag.info.externalIdentifier`; nothing when there is none.
  [[nodiscard]] std::optional<std::string> text_at(std::string_view path) const {
    boost::json::value value = json();
    while (!path.empty()) {
      const auto dot = path.find('.');
      const boost::json::object* object = value.if_object();
      const std::string name(path.substr(0, dot));
      if (object == nullptr || !object->contains(name)) return std::nullopt;
      boost::json::value next = object->at(name);
      value = std::move(next);
      path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    if (!value.is_string()) return std::nullopt;
    return std::string(value.get_string().data(), value.get_string().size());
  }
  [[nodiscard]] std::string description() const { return text_at("description").value_or(""); }
};

class ApiRequest {
 public:
  ApiRequest(HttpHandler& handler, std::string method, std::string target) : handler_(handler) {
    head_.method = std::move(method);
    head_.target = std::move(target);
    head_.remote = "192.0.2.7";
  }

  ApiRequest& header(std::string name, std::string value) {
    head_.headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  ApiRequest& bearer(const std::string& token) { return header("Authorization", "Bearer " + token); }
  ApiRequest& from(std::string address) {
    head_.remote = std::move(address);
    return *this;
  }
  /// A body with its Content-Length.
  ApiRequest& body(std::string text) {
    body_ = std::move(text);
    head_.content_length = body_.size();
    return *this;
  }
  /// A body of unknown length.
  ApiRequest& chunked(std::string text) {
    body_ = std::move(text);
    return header("Transfer-Encoding", "chunked");
  }
  ApiRequest& json(std::string text) { return header("Content-Type", "application/json").body(std::move(text)); }
  ApiRequest& form(std::string text) {
    return header("Content-Type", "application/x-www-form-urlencoded").body(std::move(text));
  }

  ApiAnswer send() {
    auto exchange = handler_.begin(head_);
    if (auto early = exchange->early()) return read(std::move(*early), true);
    constexpr std::size_t kPiece = 1000;
    for (std::size_t at = 0; at < body_.size(); at += kPiece) {
      exchange->body(as_bytes(std::string_view(body_).substr(at, kPiece)));
      if (auto early = exchange->early()) return read(std::move(*early), true);
    }
    return read(exchange->finish(), false);
  }

  /// Sends the head and `text`, then goes away.
  void break_off_after(std::string_view text) {
    auto exchange = handler_.begin(head_);
    ASSERT_FALSE(exchange->early());
    exchange->body(as_bytes(text));
    exchange->cancel();
  }

 private:
  static ApiAnswer read(HttpResponse response, bool early) {
    ApiAnswer answer;
    answer.status = response.status;
    answer.headers = std::move(response.headers);
    answer.text = std::move(response.text);
    answer.early = early;
    if (!response.body) return answer;
    for (;;) {
      const auto pulled = response.body->pull(answer.text, 4096);
      if (!pulled) {
        answer.aborted = true;
        return answer;
      }
      if (*pulled == Pull::end) return answer;
      ++answer.pieces;
    }
  }

  HttpHandler& handler_;
  HttpRequestHead head_;
  std::string body_;
};

}  // namespace strongroom::test
