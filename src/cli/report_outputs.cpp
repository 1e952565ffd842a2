#include "cli/report_outputs.hpp"

#include "adapters/messages/directory/directory_topic.hpp"

namespace strongroom::cli {
namespace {

using transfers::Report;

class WebhookOutput final : public transfers::ReportOutput {
 public:
  explicit WebhookOutput(Webhook& webhook) : webhook_(webhook) {}
  WebhookAnswer send(const Report& report, std::size_t index) override { return webhook_.post(report.messages[index]); }

 private:
  Webhook& webhook_;
};

/// `<when it began, in microseconds, 20 digits>-<report>-<part>.json`; a part that is there already is done.
class FileOutput final : public transfers::ReportOutput {
 public:
  explicit FileOutput(std::string directory) : topic_(std::move(directory)) {}
  WebhookAnswer send(const Report& report, std::size_t index) override {
    Notice notice;
    notice.id = report.id + "-" + std::to_string(index + 1);
    notice.sequence = microseconds_of(report.began);
    notice.body = report.messages[index];
    const auto written = topic_.publish(notice);
    if (written) return {.kind = WebhookAnswer::Kind::accepted};
    return {.kind = WebhookAnswer::Kind::retry, .message = written.error().text()};
  }

 private:
  messages::directory::DirectoryTopic topic_;
};

/// A message on each line.
class ConsoleOutput final : public transfers::ReportOutput {
 public:
  explicit ConsoleOutput(host::Console& console) : console_(console) {}
  WebhookAnswer send(const Report& report, std::size_t index) override {
    console_.out(report.messages[index] + "\n");
    return {.kind = WebhookAnswer::Kind::accepted};
  }

 private:
  host::Console& console_;
};

class NoOutput final : public transfers::ReportOutput {
 public:
  WebhookAnswer send(const Report& /*report*/, std::size_t /*index*/) override {
    return {.kind = WebhookAnswer::Kind::accepted};
  }
};

}  // namespace

Result<std::unique_ptr<transfers::ReportOutput>> make_report_output(const Config& config, Webhook* webhook,
                                                                    host::Console* console) {
  std::unique_ptr<transfers::ReportOutput> output;
  switch (config.transfers.monitor.sink) {
    case ReportSink::slack:
      if (webhook == nullptr) return broken("reports go to a chat, and monitor.webhookFile is not set");
      output = std::make_unique<WebhookOutput>(*webhook);
      break;
    case ReportSink::file:
      output = std::make_unique<FileOutput>(config.reports_directory());
      break;
    case ReportSink::console:
      if (console == nullptr) return broken("reports go to standard output, and there is none here");
      output = std::make_unique<ConsoleOutput>(*console);
      break;
  }
  return output;
}

std::unique_ptr<transfers::ReportOutput> make_no_output() { return std::make_unique<NoOutput>(); }

}  // namespace strongroom::cli
