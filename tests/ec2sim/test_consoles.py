"""What an instance's console shows."""

from tests.ec2sim.conftest import PRIMARY, Sim


def test_the_console_tells_of_the_guest(sim: Sim) -> None:
    def told(instance_id: str) -> str:
        return str(sim.ec2.get_console_output(InstanceId=instance_id)["Output"])

    assert "login:" in told(PRIMARY)
    sim.control(f"instances/{PRIMARY}", {"guest": "dead"})
    assert "Kernel panic" in told(PRIMARY)
    sim.control(f"instances/{PRIMARY}", {"guest": "hung"})
    assert "blocked for more than" in told(PRIMARY)
    password = sim.ec2.get_password_data(InstanceId=PRIMARY)
    assert password["PasswordData"] == ""
    answer = sim.refusal(sim.ec2.get_console_screenshot, InstanceId=PRIMARY)
    assert answer[0] == "UnsupportedOperation"
