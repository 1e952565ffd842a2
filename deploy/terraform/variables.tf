variable "name" {
  description = "What all resources are named after; buckets are named so all over the world."
  type        = string
}

variable "primary_region" {
  description = "Of the warm bucket and of the bucket that packages arrive in."
  type        = string
  default     = "eu-west-1"
}

variable "cold_region" {
  description = "Of the cold bucket: another one."
  type        = string
  default     = "eu-central-1"
}

variable "azure_location" {
  description = "Of the copy at Azure: another country."
  type        = string
  default     = "northeurope"
}

variable "azure_account" {
  description = "Name of the storage account: 3 to 24 of a-z and 0-9, all over the world."
  type        = string
}

variable "lock_years" {
  description = "For how long an object of the warm bucket cannot be deleted."
  type        = number
  default     = 10
}

variable "born_digital_consumers" {
  description = "Numbers of other AWS accounts that may subscribe queues to the topic of born-digital bags."
  type        = list(string)
  default     = []
}
