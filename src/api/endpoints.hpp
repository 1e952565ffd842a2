// The functions behind the route table, by the section of http-api.md (or of transfers.md) they implement. Any thread.
// Private to the API: only the route table names them.
#pragma once

#include "api/routes.hpp"

namespace strongroom::api {

/// 3.1
HttpResponse issue_token(Call& call, const std::string& body);
/// 4.1, 4.2
HttpResponse create_ingest(Call& call, const std::string& body);
/// 4.4
HttpResponse get_ingest(Call& call);
/// 4.5
HttpResponse list_ingests(Call& call);
/// 4.6
HttpResponse retry_ingest(Call& call);
/// 4.7
HttpResponse get_report(Call& call);
/// 9.2
HttpResponse get_dry_run(Call& call);
/// 5.1
HttpResponse get_bag(Call& call);
/// 5.3
HttpResponse list_versions(Call& call);
/// 5.4
HttpResponse get_content(Call& call);
/// 5.5
HttpResponse get_archive(Call& call);
/// CORRECTNESS 5.1
std::variant<std::unique_ptr<BodyTaker>, HttpResponse> put_upload(Call& call);
/// 6.2
HttpResponse list_events(Call& call);
/// 6.3
HttpResponse stream_events(Call& call);
/// 6.4
HttpResponse reindex(Call& call, const std::string& body);
/// 9.3
HttpResponse search(Call& call);
/// 9.4
HttpResponse create_subscription(Call& call, const std::string& body);
HttpResponse list_subscriptions(Call& call);
HttpResponse get_subscription(Call& call);
HttpResponse remove_subscription(Call& call);
HttpResponse retry_subscription(Call& call);
/// 9.5
HttpResponse restore_bag(Call& call);
HttpResponse get_restore(Call& call);
/// transfers.md 16.1
HttpResponse list_transfers(Call& call);
HttpResponse get_transfer(Call& call);
HttpResponse get_transfer_log(Call& call);
HttpResponse retry_transfer(Call& call, const std::string& body);
HttpResponse dismiss_transfer(Call& call, const std::string& body);
/// transfers.md 3.2
HttpResponse take_transfer_events(Call& call, const std::string& body);
/// 7.1
HttpResponse get_context(Call& call);
HttpResponse get_ontology(Call& call);
HttpResponse get_openapi(Call& call);
/// 7.2
HttpResponse get_health(Call& call);
/// 7.3
HttpResponse get_metrics(Call& call);

}  // namespace strongroom::api
