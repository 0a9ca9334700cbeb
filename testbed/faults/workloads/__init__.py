"""What runs stops running: rollouts, pods, autoscalers, volumes, quotas."""
