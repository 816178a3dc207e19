output "host" {
  description = "Where the box answers SSH."
  value       = aws_instance.box.public_ip
}

output "port" {
  description = "The port of its SSH server."
  value       = 22
}

output "user" {
  description = "Who logs in."
  value       = local.user
}

output "folder" {
  description = "Where everything of the run stands on the box; the file `ready` in it tells that it is set up."
  value       = local.folder
}

output "instance" {
  description = "The instance, to be found by hand."
  value       = aws_instance.box.id
}
