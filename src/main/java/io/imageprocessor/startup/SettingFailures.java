package io.imageprocessor.startup;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Describes in one line why settings are invalid. Each setting has its name in configuration files and its value, and
 * no class name appears.
 */
@RequiredArgsConstructor
final class SettingFailures {

    private static final int MAX_VALUE_LENGTH = 200;

    /** Resolves placeholders: for {@code ${PORT:8080}} the message has the value of PORT. */
    private final UnaryOperator<String> placeholders;

    /** Describes the failure; empty if the value of a setting is not the cause. */
    Optional<String> describe(BindException failure) {
        String name = failure.getName().toString();
        return switch (failure.getCause()) {
            case BindValidationException invalid -> Optional.of(violations(invalid.getValidationErrors()));
            case ConversionFailedException unreadable -> Optional.of(unreadable(name, unreadable));
            // The constructor of a settings record rejects a combination of values.
            case BeanInstantiationException instantiation
            when instantiation.getCause() instanceof IllegalArgumentException cause && cause.getMessage() != null ->
                Optional.of(name + ": " + oneLine(cause.getMessage()));
            case null, default -> Optional.empty();
        };
    }

    /** Describes the failure of a setting that is read by name and not bound; empty for other failures. */
    Optional<String> describe(ConversionFailedException failure) {
        return failure.getCause() instanceof InvalidConfigurationPropertyValueException setting
                ? Optional.of(unreadable(setting.getName(), failure))
                : Optional.empty();
    }

    private String unreadable(String name, ConversionFailedException failure) {
        return name + " must be " + expectation(failure.getTargetType().getType()) + butIs(failure.getValue());
    }

    private String violations(ValidationErrors errors) {
        // Sorted, because the order of the validator is undefined.
        return StreamSupport.stream(errors.spliterator(), false)
                .map(error -> violation(errors, error))
                .sorted()
                .collect(joining("; "));
    }

    private String violation(ValidationErrors errors, ObjectError error) {
        String message = oneLine(Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid"));
        if (!(error instanceof FieldError field)) {
            return errors.getName() + ": " + message;
        }
        ConfigurationPropertyName name = errors.getName().append(DataObjectPropertyName.toDashedForm(field.getField()));
        Optional<Object> bound = errors.getBoundProperties().stream()
                .filter(property -> property.getName().equals(name))
                .map(ConfigurationProperty::getValue)
                .findFirst();
        if (bound.isEmpty() && field.getRejectedValue() instanceof Boolean) {
            // An @AssertTrue method over several settings: no setting has its name.
            return errors.getName() + ": " + message;
        }
        return name + " " + message + butIs(bound.orElse(field.getRejectedValue()));
    }

    private String butIs(@Nullable Object value) {
        String text = value == null ? "" : oneLine(placeholders.apply(value.toString()));
        return text.isBlank() ? "" : ", but is " + text;
    }

    private static String expectation(Class<?> type) {
        Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(type);
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant ->
                            ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(joining(" or "));
        }
        if (boxed == Integer.class) {
            return "a whole number of at most " + Integer.MAX_VALUE;
        }
        if (boxed == Long.class) {
            return "a whole number";
        }
        if (Number.class.isAssignableFrom(boxed)) {
            return "a number";
        }
        if (boxed == Boolean.class) {
            return "true or false";
        }
        if (type == Duration.class) {
            return "a duration such as 500ms, 10s or 24h";
        }
        if (type == DataSize.class) {
            return "a size such as 512KB or 64MB";
        }
        return "something else";
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
        return line.length() <= MAX_VALUE_LENGTH ? line : line.substring(0, MAX_VALUE_LENGTH) + "...";
    }
}
