# For packages on their way through Archivematica (docs/transfers-operators.md): the bucket that archivists put them
# into, the queue that it tells of them, who may do what there; and the topic by which those who build on born-digital
# bags are told.

data "aws_caller_identity" "current" {}

# ---- the bucket: versions are kept for a while, nothing is locked, because what is stored is removed from it -----

resource "aws_s3_bucket" "transfers" {
  bucket = "${var.name}-transfers"
}

resource "aws_s3_bucket_versioning" "transfers" {
  bucket = aws_s3_bucket.transfers.id
  versioning_configuration { status = "Enabled" }
}

# What archivists of other accounts put there belongs to the bucket.
resource "aws_s3_bucket_ownership_controls" "transfers" {
  bucket = aws_s3_bucket.transfers.id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_public_access_block" "transfers" {
  bucket                  = aws_s3_bucket.transfers.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "transfers" {
  bucket = aws_s3_bucket_versioning.transfers.bucket
  rule {
    id     = "versions-that-were-replaced-go-after-ninety-days"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = 90 }
  }
  rule {
    id     = "abort-unfinished-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}

# ---- the queue: no redrive policy, because what could not be kept must come again ------------------------------------

resource "aws_sqs_queue" "transfers" {
  name                       = "${var.name}-transfers"
  message_retention_seconds  = 14 * 24 * 3600
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 120
  sqs_managed_sse_enabled    = true
}

data "aws_iam_policy_document" "transfers_queue" {
  statement {
    sid       = "TheBucketTellsOfNewObjects"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.transfers.arn]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.transfers.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sqs_queue_policy" "transfers" {
  queue_url = aws_sqs_queue.transfers.id
  policy    = data.aws_iam_policy_document.transfers_queue.json
}

# Of every object: a filter for ".zip" would pass ".ZIP" over.
resource "aws_s3_bucket_notification" "transfers" {
  bucket     = aws_s3_bucket.transfers.id
  depends_on = [aws_sqs_queue_policy.transfers]
  queue {
    id        = "packages-for-archivematica"
    queue_arn = aws_sqs_queue.transfers.arn
    events    = ["s3:ObjectCreated:*"]
  }
}

# ---- what the companions may do there: only the monitor deletes packages, and nobody a failed log --------------------

data "aws_iam_policy_document" "transfers_watch" {
  statement {
    sid       = "FindPackages"
    actions   = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketVersioning"]
    resources = [aws_s3_bucket.transfers.arn]
  }
  statement {
    sid = "ReadTagAndAnswerPackages"
    actions = [
      "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging",
      "s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload",
    ]
    resources = ["${aws_s3_bucket.transfers.arn}/*"]
  }
  statement {
    sid     = "TakeNoticesAway"
    actions = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = [
      "${aws_s3_bucket.transfers.arn}/*.received.*.log",
      "${aws_s3_bucket.transfers.arn}/*.delayed.*.log",
      "${aws_s3_bucket.transfers.arn}/*strongroom-check-*.tmp",
    ]
  }
  statement {
    sid       = "TakeNotificationsFromTheQueue"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.transfers.arn]
  }
}

data "aws_iam_policy_document" "transfers_monitor" {
  statement {
    sid       = "RemoveWhatIsStoredAndItsLogs"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = ["${aws_s3_bucket.transfers.arn}/*"]
  }
  statement {
    sid       = "KeepFailedLogs"
    effect    = "Deny"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = ["${aws_s3_bucket.transfers.arn}/*.failed.*.log"]
  }
}

data "aws_iam_policy_document" "notify" {
  statement {
    sid       = "TellOfBornDigitalBags"
    actions   = ["sns:Publish", "sns:GetTopicAttributes"]
    resources = [aws_sns_topic.born_digital.arn]
  }
}

resource "aws_iam_user_policy" "transfers_watch" {
  name   = "${var.name}-transfers-watch"
  user   = aws_iam_user.service.name
  policy = data.aws_iam_policy_document.transfers_watch.json
}

resource "aws_iam_user_policy" "transfers_monitor" {
  name   = "${var.name}-transfers-monitor"
  user   = aws_iam_user.service.name
  policy = data.aws_iam_policy_document.transfers_monitor.json
}

resource "aws_iam_user_policy" "notify" {
  name   = "${var.name}-notify"
  user   = aws_iam_user.service.name
  policy = data.aws_iam_policy_document.notify.json
}

# ---- who is told of born-digital bags --------------------------------------------------------------------------------

resource "aws_sns_topic" "born_digital" {
  name = "${var.name}-born-digital"
}

data "aws_iam_policy_document" "born_digital" {
  statement {
    sid       = "TheServicePublishes"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.born_digital.arn]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.service.arn]
    }
  }
  dynamic "statement" {
    for_each = var.born_digital_consumers
    content {
      sid       = "Consumer${statement.value}SubscribesAQueue"
      actions   = ["sns:Subscribe"]
      resources = [aws_sns_topic.born_digital.arn]
      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::${statement.value}:root"]
      }
      condition {
        test     = "StringEquals"
        variable = "sns:Protocol"
        values   = ["sqs"]
      }
    }
  }
}

resource "aws_sns_topic_policy" "born_digital" {
  arn    = aws_sns_topic.born_digital.arn
  policy = data.aws_iam_policy_document.born_digital.json
}

# A consumer's queue, here in the same account: an example of what one in another account needs.
resource "aws_sqs_queue" "iiif_builder" {
  name                      = "${var.name}-iiif-builder"
  message_retention_seconds = 14 * 24 * 3600
  receive_wait_time_seconds = 20
  sqs_managed_sse_enabled   = true
}

data "aws_iam_policy_document" "iiif_builder" {
  statement {
    sid       = "TheTopicTellsOfNewBags"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.iiif_builder.arn]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.born_digital.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "iiif_builder" {
  queue_url = aws_sqs_queue.iiif_builder.id
  policy    = data.aws_iam_policy_document.iiif_builder.json
}

resource "aws_sns_topic_subscription" "iiif_builder" {
  topic_arn            = aws_sns_topic.born_digital.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.iiif_builder.arn
  raw_message_delivery = true
  depends_on           = [aws_sqs_queue_policy.iiif_builder]
}
