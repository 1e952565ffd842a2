// One ingest, followed until it has ended: its events as lines as they come, how far the work is on a terminal.
//
// A service that stops answering is asked again for a minute. One thread.
#pragma once

#include <string>

#include "cli/api_session.hpp"
#include "cli/command.hpp"
#include "cli/ingest_view.hpp"
#include "cli/paint.hpp"
#include "cli/progress_line.hpp"

namespace strongroom::cli {

class Follower {
 public:
  /// With `json` nothing is printed but the last document, once the ingest has ended.
  Follower(ApiSession& session, const Surroundings& surroundings, bool json);

  /// A line, unless JSON was asked for.
  void say(const std::string& text);
  /// `2024-05-01 09:30:02  Unpacking started`
  void say(const EventView& event);
  ProgressLine& line() { return line_; }
  /// Complains of what the service or the way to it did.
  Exit refuse(const Error& error);

  /// Follows from what is known; the first `shown` events have been printed. Exit::success or Exit::failed once it has
  /// ended.
  Exit follow(IngestView view, std::size_t shown);

 private:
  bool show_news(const IngestView& view);
  Exit conclude(const IngestView& view, const std::string& document);

  ApiSession& session_;
  const Surroundings& surroundings_;
  const Paint paint_;
  const bool json_;
  ProgressLine line_;
  std::size_t shown_ = 0;
};

}  // namespace strongroom::cli
