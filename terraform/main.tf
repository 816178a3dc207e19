# The machine of the published benchmark and nothing else: one instance in the
# default network, one key, one door that is open to one address.

data "aws_ec2_instance_type" "box" {
  instance_type = var.instance_type
}

data "aws_ec2_instance_type_offerings" "box" {
  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [var.instance_type]
  }
}

data "aws_vpc" "default" {
  default = true
}

# Not every zone has every type.
data "aws_subnets" "box" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }

  filter {
    name   = "default-for-az"
    values = ["true"]
  }

  filter {
    name   = "availability-zone"
    values = data.aws_ec2_instance_type_offerings.box.locations
  }
}

data "aws_ami" "amazon_linux" {
  owners      = ["amazon"]
  most_recent = true

  filter {
    name   = "name"
    values = ["al2023-ami-2023.*-x86_64"]
  }
}

resource "aws_key_pair" "run" {
  key_name   = "tollgate-${var.run}"
  public_key = var.public_key
}

resource "aws_security_group" "box" {
  name        = "tollgate-${var.run}"
  description = "SSH from the operator; out: packages and images"
  vpc_id      = data.aws_vpc.default.id

  ingress {
    description = "SSH from the operator's address alone"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.operator_cidr]
  }

  egress {
    description = "Packages and images, over HTTPS"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "box" {
  #checkov:skip=CKV_AWS_88: the operator reaches the box over the internet; its one open port is open to one address
  #checkov:skip=CKV_AWS_126: detailed monitoring costs money and tells nothing of a box that lives two hours
  #checkov:skip=CKV2_AWS_41: the box asks nothing of AWS, so it has no role and no rights

  ami                         = coalesce(var.ami, data.aws_ami.amazon_linux.id)
  instance_type               = var.instance_type
  subnet_id                   = one(slice(sort(data.aws_subnets.box.ids), 0, min(1, length(data.aws_subnets.box.ids))))
  vpc_security_group_ids      = [aws_security_group.box.id]
  key_name                    = aws_key_pair.run.key_name
  associate_public_ip_address = true
  ebs_optimized               = true

  # The dead man's switch: user-data.sh sets the time, and this makes the end
  # of the system the end of the box and of its disk.
  instance_initiated_shutdown_behavior = "terminate"

  user_data = templatefile("${path.module}/user-data.sh", {
    lifetime_minutes = var.lifetime_minutes
    folder           = local.folder
  })

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.disk_gib
    encrypted             = true
    delete_on_termination = true
  }

  # A burstable type that borrows credits would be faster than what it costs.
  dynamic "credit_specification" {
    for_each = data.aws_ec2_instance_type.box.burstable_performance_supported ? ["standard"] : []

    content {
      cpu_credits = credit_specification.value
    }
  }

  tags = {
    Name = "tollgate-${var.run}"
  }

  lifecycle {
    precondition {
      condition     = contains(data.aws_ec2_instance_type.box.supported_architectures, "x86_64")
      error_message = "${var.instance_type} is not an x86-64 type; the programs that are shipped are."
    }

    precondition {
      condition     = length(data.aws_subnets.box.ids) > 0
      error_message = "No default subnet of ${var.region} offers ${var.instance_type}; choose another type or region."
    }
  }
}

locals {
  user   = "ec2-user"
  folder = "/home/${local.user}/tollgate"
}
