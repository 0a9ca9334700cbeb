"""What runs on the platform: rollouts, pods and their causes, autoscalers, volumes, quotas, probes."""
