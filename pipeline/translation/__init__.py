"""Translation: the same picture in another domain, by one network for all domains (StarGAN)."""
