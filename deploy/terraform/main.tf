# The locations of a Strongroom archive: a warm primary in S3 Infrequent Access, a cold copy in another region in S3
# Glacier, a cold copy at another provider in Azure Blob Storage; the bucket that packages arrive in; what the service may
# do with them. Names of resources are as in deploy/strongroom.toml.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws     = { source = "hashicorp/aws", version = "~> 5.0" }
    azurerm = { source = "hashicorp/azurerm", version = "~> 3.100" }
  }
}

provider "aws" {
  region = var.primary_region
}

provider "aws" {
  alias  = "cold"
  region = var.cold_region
}

provider "azurerm" {
  features {}
}

# ---- buckets --------------------------------------------------------------------------------------------------------

resource "aws_s3_bucket" "primary" {
  bucket              = "${var.name}-primary"
  object_lock_enabled = true
}

resource "aws_s3_bucket" "cold" {
  provider            = aws.cold
  bucket              = "${var.name}-cold"
  object_lock_enabled = true
}

resource "aws_s3_bucket" "ingests" {
  bucket = "${var.name}-ingests"
}

resource "aws_s3_bucket_versioning" "primary" {
  bucket = aws_s3_bucket.primary.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_versioning" "cold" {
  provider = aws.cold
  bucket   = aws_s3_bucket.cold.id
  versioning_configuration { status = "Enabled" }
}

# Nobody deletes by mistake, administrators included; whoever may bypass governance still can.
resource "aws_s3_bucket_object_lock_configuration" "primary" {
  bucket = aws_s3_bucket_versioning.primary.bucket
  rule {
    default_retention {
      mode  = "GOVERNANCE"
      years = var.lock_years
    }
  }
}

resource "aws_s3_bucket_public_access_block" "primary" {
  bucket                  = aws_s3_bucket.primary.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_public_access_block" "cold" {
  provider                = aws.cold
  bucket                  = aws_s3_bucket.cold.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# ---- lifecycle: parts of uploads that never became an object, and what the service has tagged; nothing by age ---------

resource "aws_s3_bucket_lifecycle_configuration" "primary" {
  bucket = aws_s3_bucket_versioning.primary.bucket
  rule {
    id     = "abort-unfinished-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "cold" {
  provider = aws.cold
  bucket   = aws_s3_bucket_versioning.cold.bucket
  rule {
    id     = "archive-what-is-tagged"
    status = "Enabled"
    filter {
      tag {
        key   = "strongroom-tier"
        value = "archive"
      }
    }
    transition {
      days          = 0
      storage_class = "DEEP_ARCHIVE"
    }
  }
  rule {
    id     = "abort-unfinished-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}

# ---- what the service may do: put, get and list, never delete ----------------------------------------------------------

data "aws_iam_policy_document" "service" {
  statement {
    sid       = "ListBags"
    actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [aws_s3_bucket.primary.arn, aws_s3_bucket.cold.arn, aws_s3_bucket.ingests.arn]
  }
  statement {
    sid       = "ReadAndWriteBags"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
    resources = ["${aws_s3_bucket.primary.arn}/*", "${aws_s3_bucket.cold.arn}/*"]
  }
  statement {
    sid       = "TagForTheArchiveAndRestore"
    actions   = ["s3:PutObjectTagging", "s3:RestoreObject"]
    resources = ["${aws_s3_bucket.cold.arn}/*"]
  }
  statement {
    sid       = "ReadPackages"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.ingests.arn}/*"]
  }
  statement {
    sid       = "NeverDelete"
    effect    = "Deny"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket", "s3:PutLifecycleConfiguration"]
    resources = [aws_s3_bucket.primary.arn, "${aws_s3_bucket.primary.arn}/*", aws_s3_bucket.cold.arn, "${aws_s3_bucket.cold.arn}/*"]
  }
  statement {
    sid       = "PublishAndIndex"
    actions   = ["sns:Publish", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = [aws_sns_topic.registered.arn, aws_dynamodb_table.versions.arn]
  }
}

resource "aws_iam_user" "service" {
  name = var.name
}

resource "aws_iam_user_policy" "service" {
  name   = var.name
  user   = aws_iam_user.service.name
  policy = data.aws_iam_policy_document.service.json
}

# ---- who is told, and the index of versions ----------------------------------------------------------------------------

resource "aws_sns_topic" "registered" {
  name = "${var.name}-registered-bags"
}

resource "aws_dynamodb_table" "versions" {
  name                        = "${var.name}-versions"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "bag"
  range_key                   = "version"
  deletion_protection_enabled = true
  attribute {
    name = "bag"
    type = "S"
  }
  attribute {
    name = "version"
    type = "N"
  }
  point_in_time_recovery { enabled = true }
}

# ---- the copy at another provider --------------------------------------------------------------------------------------

resource "azurerm_resource_group" "archive" {
  name     = var.name
  location = var.azure_location
}

resource "azurerm_storage_account" "archive" {
  name                            = var.azure_account
  resource_group_name             = azurerm_resource_group.archive.name
  location                        = azurerm_resource_group.archive.location
  account_tier                    = "Standard"
  account_replication_type        = "LRS"
  access_tier                     = "Cool"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
  blob_properties {
    delete_retention_policy { days = 90 }
    container_delete_retention_policy { days = 90 }
  }
}

resource "azurerm_storage_container" "archive" {
  name                  = "${var.name}-copy"
  storage_account_name  = azurerm_storage_account.archive.name
  container_access_type = "private"
}

resource "azurerm_role_definition" "service" {
  name  = "${var.name}-writer"
  scope = azurerm_storage_account.archive.id
  permissions {
    actions = ["Microsoft.Storage/storageAccounts/blobServices/containers/read"]
    data_actions = [
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
    ]
  }
  assignable_scopes = [azurerm_storage_account.archive.id]
}
