using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeAI.DependencyInjection;

/// <summary>The app's logging, or none.</summary>
internal static class AppLogging
{
    public static ILogger<T> LoggerOf<T>(IServiceProvider services) => services.GetService<ILogger<T>>() ?? NullLogger<T>.Instance;
}
