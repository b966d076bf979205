"""What a region holds before anybody has called it."""

from ec2sim.rules import default_vpcs
from ec2sim.state.network import Image
from ec2sim.state.region import Region

AMAZON_LINUX = "ami-0c55b159cbfafe1f0"
IMAGES = (
    (AMAZON_LINUX, "amzn2-ami-hvm-2.0.20231116.0-x86_64-gp2", "Amazon Linux 2 AMI"),
    ("ami-0a8b4cd432b1c3063", "al2023-ami-2023.5-x86_64", "Amazon Linux 2023 AMI"),
    ("ami-08f9a9c699d2ab3f9", "ubuntu-jammy-22.04-amd64-server", "Ubuntu 22.04 LTS"),
    ("ami-0d3c032f5934e1b41", "al2023-ami-2023.5-arm64", "Amazon Linux 2023 AMI"),
)


def images_only(region: Region) -> None:
    """A region with nothing but the public images."""
    for image_id, name, description in IMAGES:
        image = Image(
            id=image_id,
            name=name,
            description=description,
            created_at=1_700_000_000.0,
            architecture="arm64" if "arm64" in name else "x86_64",
        )
        region.images.put(image, at=region.now)


def furnish(region: Region) -> None:
    """A region as a new account finds it: a default VPC with a subnet in each zone."""
    images_only(region)
    default_vpcs.make(region)
