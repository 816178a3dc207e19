variable "run" {
  description = "Name of the run; every resource carries it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]{1,40}$", var.run))
    error_message = "A run's name has up to 40 small letters, digits and hyphens."
  }
}

variable "operator_cidr" {
  description = "The only addresses that may reach the box, by SSH: the operator's, as 203.0.113.7/32."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.operator_cidr)) && !endswith(var.operator_cidr, "/0")
    error_message = "operator_cidr must be an IPv4 CIDR such as 203.0.113.7/32, and not everybody's (/0)."
  }
}

variable "public_key" {
  description = "Public half of the SSH key made for this run, in OpenSSH's form. The private half never gets here."
  type        = string
}

variable "region" {
  description = "Where the box stands; the published benchmark's stood in us-east-1."
  type        = string
  default     = "us-east-1"
}

variable "instance_type" {
  description = "An x86-64 type; the published benchmark's was c7i.large (2 vCPU, 4 GiB, not burstable)."
  type        = string
  default     = "c7i.large"
}

variable "ami" {
  description = "Image of the box; by default the latest Amazon Linux 2023."
  type        = string
  default     = null
}

variable "disk_gib" {
  description = "Size of the encrypted gp3 disk: the gateways' images take about 8 GiB of it."
  type        = number
  default     = 20
}

variable "lifetime_minutes" {
  description = "The box shuts itself down after so long, which terminates it, whatever became of the operator."
  type        = number
  default     = 180

  validation {
    condition     = var.lifetime_minutes >= 15 && var.lifetime_minutes <= 720
    error_message = "lifetime_minutes must be from 15 to 720."
  }
}
