"""One good call of everything that ec2sim keeps itself, in an order that works.

A text that begins with $ stands for what an earlier step has kept under that name;
the article's world, time standing still, is where it begins.
"""

from ec2sim.rules.registry import ACTIONS
from tests.ec2sim import conftest
from tests.ec2sim.contract.step import Step, keeping, step

KEY = (
    b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
)
WEB = {
    "IpProtocol": "tcp",
    "FromPort": 8080,
    "ToPort": 8080,
    "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "ours"}],
}


RULE = {
    "IpProtocol": "tcp",
    "FromPort": 8080,
    "ToPort": 8080,
    "CidrIpv4": "10.0.0.0/8",
}
LOOKS = [
    step(name)
    for name in (
        "DescribeAccountAttributes",
        "DescribeAddresses",
        "DescribeAddressesAttribute",
        "DescribeAvailabilityZones",
        "DescribeDhcpOptions",
        "DescribeInstanceStatus",
        "DescribeInstanceTypeOfferings",
        "DescribeInstances",
        "DescribeInternetGateways",
        "DescribeKeyPairs",
        "DescribeNetworkInterfaces",
        "DescribeRegions",
        "DescribeRouteTables",
        "DescribeSecurityGroupRules",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeTags",
        "DescribeVpcs",
    )
]
GROUND = [
    keeping({"vpc": "Vpc.VpcId"}, "CreateVpc", CidrBlock="10.5.0.0/16"),
    step("ModifyVpcAttribute", VpcId="$vpc", EnableDnsHostnames={"Value": True}),
    step("DescribeVpcAttribute", VpcId="$vpc", Attribute="enableDnsHostnames"),
    keeping(
        {"subnet": "Subnet.SubnetId"},
        "CreateSubnet",
        VpcId="$vpc",
        CidrBlock="10.5.1.0/24",
        AvailabilityZone="eu-west-1a",
    ),
    step(
        "ModifySubnetAttribute", SubnetId="$subnet", MapPublicIpOnLaunch={"Value": True}
    ),
    keeping({"gateway": "InternetGateway.InternetGatewayId"}, "CreateInternetGateway"),
    step("AttachInternetGateway", InternetGatewayId="$gateway", VpcId="$vpc"),
    keeping(
        {"group": "GroupId"},
        "CreateSecurityGroup",
        GroupName="web",
        Description="web servers",
        VpcId="$vpc",
    ),
    keeping(
        {"rule": "SecurityGroupRules.0.SecurityGroupRuleId"},
        "AuthorizeSecurityGroupIngress",
        GroupId="$group",
        IpPermissions=[WEB],
    ),
    step("AuthorizeSecurityGroupEgress", GroupId="$group", IpPermissions=[WEB]),
    step(
        "ModifySecurityGroupRules",
        GroupId="$group",
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": "$rule",
                "SecurityGroupRule": {**RULE, "Description": "theirs"},
            }
        ],
    ),
    step(
        "UpdateSecurityGroupRuleDescriptionsIngress",
        GroupId="$group",
        IpPermissions=[WEB],
    ),
    step(
        "UpdateSecurityGroupRuleDescriptionsEgress",
        GroupId="$group",
        IpPermissions=[WEB],
    ),
    step("CreateDefaultSubnet", AvailabilityZone="eu-west-1b"),
    Step(action="CreateDefaultVpc", refused="DefaultVpcAlreadyExists"),
    step("DescribeSecurityGroupReferences", GroupId=["$group"]),
    step("DescribeStaleSecurityGroups", VpcId="$vpc"),
    step("GetSecurityGroupsForVpc", VpcId="$vpc"),
]
INTERFACES = [
    keeping(
        {"eni": "NetworkInterface.NetworkInterfaceId"},
        "CreateNetworkInterface",
        SubnetId=conftest.SUBNET,
        Description="a sample",
        ClientToken="sample-interface",
    ),
    keeping(
        {"attachment": "AttachmentId"},
        "AttachNetworkInterface",
        NetworkInterfaceId=conftest.SPARE,
        InstanceId=conftest.STANDBY,
        DeviceIndex=1,
    ),
    step(
        "ModifyNetworkInterfaceAttribute",
        5,
        NetworkInterfaceId="$eni",
        Description={"Value": "changed"},
    ),
    step(
        "DescribeNetworkInterfaceAttribute",
        NetworkInterfaceId="$eni",
        Attribute="description",
    ),
    step(
        "ResetNetworkInterfaceAttribute",
        NetworkInterfaceId="$eni",
        SourceDestCheck="true",
    ),
    step(
        "AssignPrivateIpAddresses",
        NetworkInterfaceId="$eni",
        PrivateIpAddresses=["20.0.1.99"],
    ),
    step(
        "UnassignPrivateIpAddresses",
        NetworkInterfaceId="$eni",
        PrivateIpAddresses=["20.0.1.99"],
    ),
    keeping({"allocation": "AllocationId"}, "AllocateAddress", Domain="vpc"),
    keeping(
        {"association": "AssociationId"},
        "AssociateAddress",
        AllocationId="$allocation",
        NetworkInterfaceId="$eni",
        AllowReassociation=True,
    ),
    step(
        "ModifyAddressAttribute",
        AllocationId="$allocation",
        DomainName="service.example.net",
    ),
    step("ResetAddressAttribute", AllocationId="$allocation", Attribute="domain-name"),
    *LOOKS,
    step("DisassociateAddress", AssociationId="$association"),
    step("ReleaseAddress", AllocationId="$allocation"),
]
ROUTES = [
    keeping({"table": "RouteTable.RouteTableId"}, "CreateRouteTable", VpcId="$vpc"),
    keeping(
        {"inner": "NetworkInterface.NetworkInterfaceId"},
        "CreateNetworkInterface",
        SubnetId="$subnet",
        ClientToken="inner-interface",
    ),
    step(
        "CreateRoute",
        RouteTableId="$table",
        DestinationCidrBlock="10.77.0.0/16",
        NetworkInterfaceId="$inner",
    ),
    step(
        "ReplaceRoute",
        RouteTableId="$table",
        DestinationCidrBlock="10.77.0.0/16",
        GatewayId="$gateway",
    ),
    step("DeleteRoute", RouteTableId="$table", DestinationCidrBlock="10.77.0.0/16"),
    keeping(
        {"bond": "AssociationId"},
        "AssociateRouteTable",
        RouteTableId="$table",
        SubnetId="$subnet",
    ),
    keeping(
        {"bond": "NewAssociationId"},
        "ReplaceRouteTableAssociation",
        AssociationId="$bond",
        RouteTableId="$table",
    ),
    step("DisassociateRouteTable", AssociationId="$bond"),
    step("DeleteNetworkInterface", NetworkInterfaceId="$inner"),
    step("DeleteRouteTable", RouteTableId="$table"),
]
INSTANCES = [
    keeping({"image": "Images.0.ImageId"}, "DescribeImages"),
    step("DescribeInstanceTypes", InstanceTypes=["t3.micro", "m5.large"]),
    step("CreateKeyPair", KeyName="made"),
    step("ImportKeyPair", KeyName="brought", PublicKeyMaterial=KEY),
    keeping(
        {"instance": "Instances.0.InstanceId"},
        "RunInstances",
        ImageId="$image",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId="$subnet",
        KeyName="made",
        ClientToken="sample-instance",
        TagSpecifications=[
            {
                "ResourceType": "instance",
                "Tags": [{"Key": "Name", "Value": "sample"}],
            }
        ],
    ),
    step("CreateTags", 5, Resources=["$eni"], Tags=[{"Key": "a", "Value": "b"}]),
    step("DeleteTags", Resources=["$eni"], Tags=[{"Key": "a"}]),
    step("MonitorInstances", InstanceIds=["$instance"]),
    step("UnmonitorInstances", InstanceIds=["$instance"]),
    step("DescribeInstanceCreditSpecifications", InstanceIds=["$instance"]),
    step(
        "ModifyInstanceMetadataOptions", InstanceId="$instance", HttpTokens="required"
    ),
    step(
        "ModifyInstanceAttribute",
        InstanceId="$instance",
        DisableApiTermination={"Value": False},
    ),
    step(
        "DescribeInstanceAttribute",
        InstanceId="$instance",
        Attribute="disableApiTermination",
    ),
    step("ResetInstanceAttribute", InstanceId="$instance", Attribute="sourceDestCheck"),
    step("GetConsoleOutput", InstanceId="$instance"),
    Step(
        action="GetConsoleScreenshot",
        params={"InstanceId": "$instance"},
        refused="UnsupportedOperation",
    ),
    step("GetPasswordData", InstanceId="$instance"),
    step("RebootInstances", InstanceIds=["$instance"]),
    step("StopInstances", 5, InstanceIds=["$instance"]),
    step("StartInstances", 5, InstanceIds=["$instance"]),
    *LOOKS,
    step("TerminateInstances", 5, InstanceIds=["$instance"]),
    step("DeleteKeyPair", KeyName="made"),
]
ENDS = [
    step("DetachNetworkInterface", 5, AttachmentId="$attachment"),
    step("DeleteNetworkInterface", NetworkInterfaceId="$eni"),
    step("RevokeSecurityGroupIngress", GroupId="$group", IpPermissions=[WEB]),
    step("RevokeSecurityGroupEgress", GroupId="$group", IpPermissions=[WEB]),
    step("DeleteSecurityGroup", GroupId="$group"),
    step("DeleteSubnet", SubnetId="$subnet"),
    step("DetachInternetGateway", InternetGatewayId="$gateway", VpcId="$vpc"),
    step("DeleteInternetGateway", InternetGatewayId="$gateway"),
    step("DeleteVpc", VpcId="$vpc"),
]
EVERY = [
    each
    for each in [*GROUND, *INTERFACES, *ROUTES, *INSTANCES, *ENDS]
    if each.action in ACTIONS
]
