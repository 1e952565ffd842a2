output "configuration" {
  description = "The locations, the source, the sink, the index, the transfer area and the topic, for strongroom.toml."
  value       = <<-TOML
    [[locations]]
    name = "warm"
    role = "primary"
    provider = "amazon-s3"
    bucket = "${aws_s3_bucket.primary.bucket}"
    region = "${var.primary_region}"
    storageClass = "STANDARD_IA"

    [[locations]]
    name = "cold"
    provider = "amazon-s3"
    bucket = "${aws_s3_bucket.cold.bucket}"
    region = "${var.cold_region}"
    archiveTo = "DEEP_ARCHIVE"
    archiveBy = "tag"

    [[locations]]
    name = "away"
    provider = "azure-blob-storage"
    account = "${azurerm_storage_account.archive.name}"
    container = "${azurerm_storage_container.archive.name}"
    accessTier = "cool"
    archiveTo = "archive"

    [[sources]]
    provider = "amazon-s3"
    bucket = "${aws_s3_bucket.ingests.bucket}"
    region = "${var.primary_region}"

    [[sinks]]
    name = "registered"
    topic = "${aws_sns_topic.registered.arn}"

    [versionIndex]
    table = "${aws_dynamodb_table.versions.name}"
    region = "${var.primary_region}"

    [[areas]]
    name = "transfers"
    bucket = "${aws_s3_bucket.transfers.bucket}"
    region = "${var.primary_region}"
    sqsQueueUrl = "${aws_sqs_queue.transfers.url}"

    [notify]
    sink = "sns"
    topic = "${aws_sns_topic.born_digital.arn}"
  TOML
}
