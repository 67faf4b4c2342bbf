"""What citizens and other organisations see of agreements beside their pages."""
