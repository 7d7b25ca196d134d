"""Networks and what goes into them: the registry, the blocks of a module, pictures, samples, class names."""
